import type { Translation } from '../areas';
import type en from '../en/activity';

export default {
  today: 'Heute',
  yesterday: 'Gestern',
  new: 'Neu',
  added: { one: '{name} hat ein Bild zu „{title}“ hinzugefügt', other: '{name} hat {n} Bilder zu „{title}“ hinzugefügt' },
  addedByYou: { one: 'Du hast ein Bild zu „{title}“ hinzugefügt', other: 'Du hast {n} Bilder zu „{title}“ hinzugefügt' },
  commented: '{name} hat kommentiert',
  commentedByYou: 'Du hast kommentiert',
  liked: '{name} gefällt dein Bild',
  somebody: 'Jemand',
  removed: 'Der Kommentar wurde entfernt.',
  more: 'Früheres zeigen',
  none: 'Noch ist nichts geschehen',
  noneText: 'Neue Bilder, Kommentare und wem deine Bilder gefallen: Das erscheint hier.',
} as const satisfies Translation<typeof en>;
