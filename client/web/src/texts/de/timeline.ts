import type { Translation } from '../areas';
import type en from '../en/timeline';

export default {
  // The timeline and the favourites.
  empty: 'Noch keine Bilder',
  emptyText: 'Sobald in einer Galerie, die du sehen darfst, Bilder sind, stehen sie hier, die neuesten zuerst.',
  noFavourites: 'Noch keine Favoriten',
  noFavouritesText: 'Öffne ein Bild und tippe auf das Herz: Dann ist es auch hier.',
} as const satisfies Translation<typeof en>;
