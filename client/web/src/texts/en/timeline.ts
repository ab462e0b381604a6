import type { Texts } from '../areas';

export default {
  // The timeline and the favourites.
  empty: 'No pictures yet',
  emptyText: 'As soon as there are pictures in a gallery that you may see, they appear here, newest first.',
  noFavourites: 'No favourites yet',
  noFavouritesText: 'Open a picture and touch the heart: it is then here, too.',
} as const satisfies Texts;
