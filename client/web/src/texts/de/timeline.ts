import type { Translation } from '../areas';
import type en from '../en/timeline';

export default {
} as const satisfies Translation<typeof en>;
