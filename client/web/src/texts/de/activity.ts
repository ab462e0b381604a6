import type { Translation } from '../areas';
import type en from '../en/activity';

export default {
} as const satisfies Translation<typeof en>;
