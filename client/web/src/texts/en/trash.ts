import type { Texts } from '../areas';

export default {
  lead: 'What was deleted stays here until you delete it for good. Only those who look after Mantel see it.',
  since: 'Deleted {when}',
  choose: 'Choose what to restore or delete.',
  selectAll: 'Select all',
  selectNone: 'Select none',
  restore: 'Restore',
  restored: { one: 'The picture is back in its gallery.', other: '{n} pictures are back in their galleries.' },
  erase: 'Delete for good',
  erased: { one: 'The picture is gone for good.', other: '{n} pictures are gone for good.' },
  eraseTitle: { one: 'Delete this picture for good?', other: 'Delete {n} pictures for good?' },
  eraseText: 'The originals and their comments are erased. This cannot be undone.',
  emptyTrash: 'Empty the trash',
  emptyTitle: { one: 'Delete the only picture in the trash for good?', other: 'Delete all {n} pictures in the trash for good?' },
  more: 'Show more',
  none: 'The trash is empty',
  noneText: 'Pictures that are deleted wait here until they are restored or deleted for good.',
} as const satisfies Texts;
