import type { Texts } from '../areas';

export default {
} as const satisfies Texts;
