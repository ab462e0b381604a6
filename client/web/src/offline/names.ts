// Names that the page and its service worker share.

/** Answers of the API that were seen last. */
export const ANSWERS = 'mantel-answers';
/** Files that are on their way, and such as were shared to here. */
export const FILES = 'mantel-files';
/** The cache of small pictures. */
export const THUMBNAILS = 'thumbnails';
/** At the end of addresses of pictures that are not to be kept. */
export const FOR_GUEST = '#guest';

/** What is in `FILES`: rows of the queue, their files, and what was shared to here. */
export const FILES_STORES = { uploads: { keyPath: 'id' }, contents: { keyPath: 'id' }, inbox: { keyPath: 'id', autoIncrement: true } };
