import type { Translation } from '../areas';
import type en from '../en/gallery';

export default {
} as const satisfies Translation<typeof en>;
