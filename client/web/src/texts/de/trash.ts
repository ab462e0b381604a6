import type { Translation } from '../areas';
import type en from '../en/trash';

export default {
  lead: 'Was gelöscht wurde, bleibt hier, bis du es endgültig löschst. Das sehen nur die, die sich um Mantel kümmern.',
  since: 'Gelöscht {when}',
  choose: 'Wähle, was zurück oder weg soll.',
  selectAll: 'Alle auswählen',
  selectNone: 'Keines auswählen',
  restore: 'Zurückholen',
  restored: { one: 'Das Bild ist wieder in seiner Galerie.', other: '{n} Bilder sind wieder in ihren Galerien.' },
  erase: 'Endgültig löschen',
  erased: { one: 'Das Bild ist endgültig gelöscht.', other: '{n} Bilder sind endgültig gelöscht.' },
  eraseTitle: { one: 'Dieses Bild endgültig löschen?', other: '{n} Bilder endgültig löschen?' },
  eraseText: 'Die Originale und ihre Kommentare werden gelöscht. Das lässt sich nicht rückgängig machen.',
  emptyTrash: 'Papierkorb leeren',
  emptyTitle: { one: 'Das einzige Bild im Papierkorb endgültig löschen?', other: 'Alle {n} Bilder im Papierkorb endgültig löschen?' },
  more: 'Mehr zeigen',
  none: 'Der Papierkorb ist leer',
  noneText: 'Gelöschte Bilder warten hier, bis sie zurückgeholt oder endgültig gelöscht werden.',
} as const satisfies Translation<typeof en>;
