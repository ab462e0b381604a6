import type { Translation } from '../areas';
import type en from '../en/trash';

export default {
} as const satisfies Translation<typeof en>;
