// The queue as it is shown.

import { isPending, type Item, type State } from './items';
import { NotPrepared } from './problems';

/** A list of a thousand is of no use, and slow. */
export const SHOWN_ROWS = 40;

export interface Row {
  item: Item;
  state: State;
  /** From 0 to 1, within what it is doing. */
  fraction: number;
  problem: unknown;
}

export interface View {
  total: number;
  /** Sent, or there already. */
  arrived: number;
  counts: Readonly<Record<State, number>>;
  /** Of those that failed, the ones that did arrive: there is no picture of them alone. */
  unseen: number;
  bytesLeft: number;
  /** From 0 to 1, by bytes. */
  fraction: number;
  rows: readonly Row[];
}

// What wants something of one comes first, then what moves.
const ORDER: readonly State[] = ['failed', 'missing', 'sending', 'hashing', 'preparing', 'waiting', 'duplicate', 'done'];

/** Whether it is safe, but cannot be shown. */
export const isUnseen = ({ state, problem }: Pick<Item, 'state' | 'problem'>): boolean => state === 'failed' && problem instanceof NotPrepared;

export function viewOf(items: readonly Item[]): View {
  const counts = Object.fromEntries(ORDER.map(state => [state, 0])) as Record<State, number>;
  let bytesLeft = 0;
  let bytes = 0;
  let unseen = 0;
  for (const item of items) {
    counts[item.state] += 1;
    bytes += item.size;
    if (isUnseen(item)) unseen += 1;
    if (isPending(item)) bytesLeft += item.size - (item.state === 'sending' ? item.progress : 0);
  }
  const rows: Row[] = [];
  for (const state of ORDER) {
    for (const item of items) {
      if (rows.length === SHOWN_ROWS) break;
      if (item.state === state) rows.push({ item, state, fraction: item.size > 0 ? item.progress / item.size : 0, problem: item.problem });
    }
  }
  return { total: items.length, arrived: counts.preparing + counts.done + counts.duplicate + unseen, counts, unseen, bytesLeft, fraction: bytes > 0 ? 1 - bytesLeft / bytes : 0, rows };
}
