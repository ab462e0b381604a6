import type { Texts } from '../areas';

export default {
  change: 'Change gallery',
  make: 'Make it',
  title: 'Title',
  description: 'Description (optional)',
  whoSees: 'Who sees it',
  FAMILY_HINT: 'Everyone who signs in looks, likes and comments.',
  RESTRICTED_HINT: 'Only those whom you put on its list.',
  PRIVATE_HINT: 'Nobody else knows that it is there.',
  order: 'Order of the pictures',
  delete: 'Delete gallery',
  deleteTitle: 'Delete “{title}”?',
  deleteText: { one: 'The picture in it goes to the trash. Its share links stop working.', other: 'The {n} pictures in it go to the trash. Its share links stop working.' },
  deleteEmpty: 'There are no pictures in it. Its share links stop working.',
  deleteHidden: 'There is something in it after all, which is on its way or could not be read. It goes to the trash with the gallery.',
  deleted: '“{title}” is deleted.',
  orderHint: 'Drag the galleries, or move them by the arrows. Everybody sees them in this order.',
  up: 'Move “{title}” up',
  down: 'Move “{title}” down',
  movedTo: '“{title}” is now {place} of {all}.',
} as const satisfies Texts;
