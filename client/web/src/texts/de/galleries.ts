import type { Translation } from '../areas';
import type en from '../en/galleries';

export default {
  create: 'Neue Galerie',
  none: 'Noch keine Galerien',
  noneForAdmin: 'Lege die erste an und füge dann Bilder hinzu.',
  noneForVisitor: 'Sobald jemand eine mit dir teilt, erscheint sie hier.',
  empty: 'Leer',
  FAMILY: 'Die ganze Familie',
  RESTRICTED: 'Einige Personen',
  PRIVATE: 'Nur Admins',
  reorder: 'Reihenfolge ändern',
} as const satisfies Translation<typeof en>;
