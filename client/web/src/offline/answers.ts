// The last answers of the API, for when it is out of reach.

import { Database } from './database';
import { ANSWERS } from './names';

/** About the last ten galleries with their pages, and the lists around them. */
const KEPT = 60;
const database = new Database(ANSWERS, { answers: { keyPath: 'key' } });

interface Row {
  key: string;
  at: number;
  data: unknown;
}

let last: Promise<unknown> = Promise.resolve();

/** Keeps an answer, unless it is not `valid` any more by the time it is written; the oldest go. */
export function remember(key: string, data: unknown, valid: () => boolean): Promise<void> {
  const kept = last.then(() => write({ key, at: Date.now(), data }, valid)).catch(() => {
    // Where nothing can be kept there is nothing to see without a connection.
  });
  last = kept;
  return kept;
}

async function write(row: Row, valid: () => boolean): Promise<void> {
  if (!valid()) return;
  await database.run('answers', 'readwrite', store => {
    // Opening took its time.
    if (valid()) store.put(row);
  });
  const keys = await database.run('answers', 'readonly', store => store.count());
  if ((keys ?? 0) <= KEPT) return;
  const rows = await database.run('answers', 'readonly', store => store.getAll() as IDBRequest<Row[]>) ?? [];
  const old = rows.sort((a, b) => b.at - a.at).slice(KEPT);
  await database.run('answers', 'readwrite', store => old.forEach(({ key }) => store.delete(key)));
}

/** What was answered last; undefined where that is not known. */
export async function recall(key: string): Promise<unknown> {
  const row = await database.run('answers', 'readonly', store => store.get(key) as IDBRequest<Row | undefined>).catch(() => undefined);
  return row?.data;
}
