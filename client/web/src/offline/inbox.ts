// What other apps shared to Mantel: the service worker puts it here, and a page takes it out.

import { Database } from './database';
import { FILES, FILES_STORES } from './names';

/** What nobody came for is thrown away. */
const LIFETIME_MS = 24 * 3600 * 1000;
const database = new Database(FILES, FILES_STORES);

interface Row {
  id?: number;
  at: number;
  file: File;
  /** Who saw it first: nobody else does. */
  owner: string | null;
}

export async function putIn(files: readonly File[], at: number): Promise<void> {
  await database.run('inbox', 'readwrite', store => files.forEach(file => store.add({ at, file, owner: null } satisfies Row)));
}

export interface Waiting {
  id: number;
  file: File;
}

/** What waits for this person. */
export async function waitingFor(owner: string, now: number): Promise<Waiting[]> {
  const rows = await database.run('inbox', 'readonly', store => store.getAll() as IDBRequest<Required<Row>[]>).catch(() => undefined) ?? [];
  const own = rows.filter(row => row.at > now - LIFETIME_MS && (row.owner === null || row.owner === owner));
  await database.run('inbox', 'readwrite', store => {
    for (const row of rows) if (!own.includes(row)) store.delete(row.id);
    for (const row of own) if (row.owner === null) store.put({ ...row, owner });
  }).catch(() => {});
  return own.map(({ id, file }) => ({ id, file }));
}

/** Forgets those: they were taken, or nobody wants them. */
export async function takeOut(waiting: readonly Waiting[]): Promise<void> {
  await database.run('inbox', 'readwrite', store => waiting.forEach(({ id }) => store.delete(id))).catch(() => {});
}
