import type { Translation } from '../areas';
import type en from '../en/search';

export default {
} as const satisfies Translation<typeof en>;
