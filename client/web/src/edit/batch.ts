// Doing the same to many: a few at a time, and whatever fails is known by name.

import { isOffline, isSignedOut, Refused, type Mistake } from '../api';

/** The most that one request deletes or restores. */
export const CHUNK = 100;

export interface Failure<Item> {
  item: Item;
  error: unknown;
}

export interface Outcome<Item> {
  done: Item[];
  failed: Failure<Item>[];
}

/** Whether all that is still to do would fail for the same reason. */
const isVain = (error: unknown): boolean => isOffline(error) || isSignedOut(error);

/** Runs this for each, `atOnce` at a time. Nothing is tried any more once it is in vain: it counts as failed. */
export async function forEach<Item>(
  items: readonly Item[],
  run: (item: Item) => Promise<unknown>,
  { atOnce = 3, progress = () => {} }: { atOnce?: number; progress?: (finished: number) => void } = {},
): Promise<Outcome<Item>> {
  const outcome: Outcome<Item> = { done: [], failed: [] };
  let next = 0;
  let vain: { error: unknown } | null = null;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const item = items[next++]!;
      try {
        if (vain) throw (vain as { error: unknown }).error;
        await run(item);
        outcome.done.push(item);
      } catch (error) {
        outcome.failed.push({ item, error });
        if (isVain(error)) vain = { error };
      }
      progress(outcome.done.length + outcome.failed.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return outcome;
}

interface Listed {
  mediaIds: string[];
  userErrors: Mistake[];
}

/** Deletes or restores, as many in a request as the server takes. What a request says of each stays with it. */
export async function inChunks<Item extends { id: string }>(
  items: readonly Item[],
  run: (ids: string[]) => Promise<Listed | null>,
  progress: (finished: number) => void = () => {},
): Promise<Outcome<Item>> {
  const outcome: Outcome<Item> = { done: [], failed: [] };
  let vain: { error: unknown } | null = null;
  for (let at = 0; at < items.length; at += CHUNK) {
    const chunk = items.slice(at, at + CHUNK);
    try {
      if (vain) throw vain.error;
      const listed = await run(chunk.map(({ id }) => id));
      const done = new Set(listed?.mediaIds);
      outcome.done.push(...chunk.filter(({ id }) => done.has(id)));
      outcome.failed.push(...chunk.flatMap((item, position) => (done.has(item.id) ? [] : [{ item, error: refusal(listed?.userErrors ?? [], position) }])));
    } catch (error) {
      outcome.failed.push(...chunk.map(item => ({ item, error })));
      if (isVain(error)) vain = { error };
    }
    progress(Math.min(at + CHUNK, items.length));
  }
  return outcome;
}

/** What was wrong with the one at this position: the path of a mistake ends in it. */
function refusal(mistakes: Mistake[], position: number): Refused {
  const own = mistakes.filter(({ path }) => path?.at(-1) === String(position));
  // A mistake without a position is one about the request as a whole.
  return new Refused(own.length > 0 ? own : mistakes.filter(({ path }) => !/^\d+$/.test(path?.at(-1) ?? '')));
}

export const isForbidden = (error: unknown): boolean => error instanceof Refused
  ? error.mistakes.some(({ code }) => code === 'FORBIDDEN')
  : (error as { code?: unknown } | null)?.code === 'FORBIDDEN';
