import type { Texts } from '../areas';

export default {
  create: 'New gallery',
  none: 'No galleries yet',
  noneForAdmin: 'Make the first one, then add pictures to it.',
  noneForVisitor: 'As soon as somebody shares one with you, it appears here.',
  empty: 'Empty',
  FAMILY: 'The whole family',
  RESTRICTED: 'Some people',
  PRIVATE: 'Only admins',
  reorder: 'Change the order',
} as const satisfies Texts;
