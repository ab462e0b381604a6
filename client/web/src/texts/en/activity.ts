import type { Texts } from '../areas';

export default {
  today: 'Today',
  yesterday: 'Yesterday',
  new: 'New',
  added: { one: '{name} added a picture to “{title}”', other: '{name} added {n} pictures to “{title}”' },
  addedByYou: { one: 'You added a picture to “{title}”', other: 'You added {n} pictures to “{title}”' },
  commented: '{name} commented',
  commentedByYou: 'You commented',
  liked: '{name} likes your picture',
  somebody: 'Somebody',
  removed: 'The comment was removed.',
  more: 'Show earlier',
  none: 'Nothing has happened yet',
  noneText: 'New pictures, comments, and likes of your pictures appear here.',
} as const satisfies Texts;
