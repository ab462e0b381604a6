import type { Translation } from '../areas';
import type en from '../en/uploads';

export default {
} as const satisfies Translation<typeof en>;
