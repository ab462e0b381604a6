import type { Translation } from '../areas';
import type en from '../en/gallery-form';

export default {
  change: 'Galerie ändern',
  make: 'Anlegen',
  title: 'Titel',
  description: 'Beschreibung (optional)',
  whoSees: 'Wer sie sieht',
  FAMILY_HINT: 'Alle, die sich anmelden, können ansehen, liken und kommentieren.',
  RESTRICTED_HINT: 'Nur, wer auf ihrer Liste steht.',
  PRIVATE_HINT: 'Niemand sonst weiß, dass es sie gibt.',
  order: 'Reihenfolge der Bilder',
  delete: 'Galerie löschen',
  deleteTitle: '„{title}“ löschen?',
  deleteText: { one: 'Das Bild darin kommt in den Papierkorb. Die Freigabelinks der Galerie gelten dann nicht mehr.', other: 'Die {n} Bilder darin kommen in den Papierkorb. Die Freigabelinks der Galerie gelten dann nicht mehr.' },
  deleteEmpty: 'Es sind keine Bilder darin. Die Freigabelinks der Galerie gelten dann nicht mehr.',
  deleteHidden: 'Es ist doch etwas darin, das noch unterwegs ist oder nicht gelesen werden konnte. Es kommt mit der Galerie in den Papierkorb.',
  deleted: '„{title}“ ist gelöscht.',
  orderHint: 'Ziehe die Galerien, oder verschiebe sie mit den Pfeilen. Alle sehen sie in dieser Reihenfolge.',
  up: '„{title}“ nach oben',
  down: '„{title}“ nach unten',
  movedTo: '„{title}“ ist jetzt {place} von {all}.',
} as const satisfies Translation<typeof en>;
