// What the queue holds.

import type { Destination } from './uploads.svelte';

/** `missing`: the browser could not keep the file over a reload; whoever has it must choose it again. */
export type State = 'missing' | 'waiting' | 'hashing' | 'sending' | 'preparing' | 'done' | 'duplicate' | 'failed';

/** What outlives a reload. */
export interface Kept {
  id: string;
  gallery: Destination;
  name: string;
  /** The type that is announced. */
  type: string;
  size: number;
  lastModified: number;
  addedAt: number;
  sha256: string | null;
  mediaId: string | null;
}

export interface Item extends Kept {
  state: State;
  file: File | null;
  /** Bytes that were hashed, while that is done; then bytes that were sent. */
  progress: number;
  /** What went wrong. */
  problem: unknown;
  /** The photo or video that is there already. */
  duplicate: { id: string; trashed: boolean } | null;
  abort: AbortController | null;
}

const UNDER_WAY: ReadonlySet<State> = new Set(['hashing', 'sending']);
const SETTLED: ReadonlySet<State> = new Set(['done', 'duplicate', 'failed']);

export const isUnderWay = ({ state }: Item): boolean => UNDER_WAY.has(state);
/** Whether nothing more happens to it by itself. */
export const isSettled = ({ state }: Item): boolean => SETTLED.has(state);
/** Whether the page must stay open for it. */
export const isPending = (item: Item): boolean => item.state === 'waiting' || isUnderWay(item);

export const keptOf = ({ id, gallery, name, type, size, lastModified, addedAt, sha256, mediaId }: Item): Kept =>
  ({ id, gallery, name, type, size, lastModified, addedAt, sha256, mediaId });

/** By what a file is recognised that was chosen again. */
export const isSameFile = (item: Kept, file: File): boolean =>
  item.name === file.name && item.size === file.size && item.lastModified === file.lastModified;
