import type { Translation } from '../areas';
import type en from '../en/links';

export default {
} as const satisfies Translation<typeof en>;
