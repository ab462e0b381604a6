import type { Translation } from '../areas';
import type en from '../en/viewer';

export default {
} as const satisfies Translation<typeof en>;
