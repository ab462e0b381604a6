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

/** What waits for this person. */
export async function waitingFor(owner: string, now: number): Promise<File[]> {
  const rows = await database.run('inbox', 'readonly', store => store.getAll() as IDBRequest<Required<Row>[]>).catch(() => undefined) ?? [];
  const own = rows.filter(row => row.at > now - LIFETIME_MS && (row.owner === null || row.owner === owner));
  await database.run('inbox', 'readwrite', store => {
    for (const row of rows) if (!own.includes(row)) store.delete(row.id);
    for (const row of own) if (row.owner === null) store.put({ ...row, owner });
  }).catch(() => {});
  return own.map(({ file }) => file);
}

export async function empty(): Promise<void> {
  await database.run('inbox', 'readwrite', store => void store.clear()).catch(() => {});
}
