// Moving pictures in an order by hand.

export interface Move {
  /** Those that move, in their order. */
  moving: string[];
  /** The one that they come after; null for the front. */
  after: string | null;
  /** All of them, as they are then. */
  order: string[];
}

/**
 * Puts some one place further to the front (-1) or to the back (1); null where they are there. Those that are apart come
 * together first: where the first of them is, or the last.
 */
export function moved(all: readonly string[], some: ReadonlySet<string>, by: 1 | -1): Move | null {
  const moving = all.filter(id => some.has(id));
  const [first, last] = [moving[0], moving.at(-1)];
  if (first === undefined || last === undefined) return null;
  const others = all.filter(id => !some.has(id));
  // How many of the others are before the first, and before the last.
  const [front, back] = [all.indexOf(first), all.indexOf(last) - moving.length + 1];
  const at = front === back ? front + by : by === -1 ? front : back;
  if (at < 0 || at > others.length) return null;
  return { moving, after: others[at - 1] ?? null, order: [...others.slice(0, at), ...moving, ...others.slice(at)] };
}

/** Puts some, in their order, before the one at an index of all, or at the end; null where they are there. */
export function movedTo(all: readonly string[], some: ReadonlySet<string>, index: number): Move | null {
  const moving = all.filter(id => some.has(id));
  const before = all.slice(0, index).filter(id => !some.has(id));
  const order = [...before, ...moving, ...all.slice(index).filter(id => !some.has(id))];
  return order.every((id, at) => id === all[at]) ? null : { moving, after: before.at(-1) ?? null, order };
}
