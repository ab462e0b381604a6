// Keeps the queue over a reload, in the browser's own database, with the files themselves as far as there is room.

import { Database } from '../offline/database';
import { FILES, FILES_STORES } from '../offline/names';
import type { Kept } from './items';
import type { Keeper } from './queue';
import { LEFT } from './uploads.svelte';

/** Of the files themselves, at most so many bytes are kept: browsers copy them. */
const KEPT_MAX_BYTES = 200 * 1000 * 1000;
/** As long as the server keeps what was sent of a file. */
const LIFETIME_MS = 7 * 24 * 3600 * 1000;

interface Row extends Kept {
  /** Whose it is: nobody else sends it. */
  owner: string;
}

export class Store implements Keeper {
  readonly #database = new Database(FILES, FILES_STORES);
  readonly #now: () => number;
  /** Whose files these are. */
  #owner: string | null = null;
  /** Those that are kept, with how many bytes of the file. */
  #kept = new Map<string, number>();
  /** One thing after the other: what was dropped must not come back. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What an earlier page left of this person. What others left is deleted. */
  async left(owner: string): Promise<{ kept: Kept; file: File | null }[]> {
    this.#owner = owner;
    const rows = await this.#all<Row>('uploads');
    const files = new Map((await this.#all<{ id: string; file: File }>('contents')).map(({ id, file }) => [id, file]));
    const valid = (row: Row): boolean => row.owner === owner && row.addedAt > this.#now() - LIFETIME_MS;
    const old = rows.filter(row => !valid(row)).map(({ id }) => id);
    if (old.length > 0) this.drop(old);
    return rows.filter(valid).sort((a, b) => a.addedAt - b.addedAt).map(({ owner: _, ...kept }) => {
      const file = files.get(kept.id) ?? null;
      this.#kept.set(kept.id, file?.size ?? 0);
      return { kept, file };
    });
  }

  belongsTo(owner: string): void {
    this.#owner = owner;
  }

  add(added: readonly { kept: Kept; file: File }[]): void {
    const owner = this.#owner;
    if (added.length === 0 || owner === null) return;
    localStorage.setItem(LEFT, '1');
    for (const { kept } of added) if (!this.#kept.has(kept.id)) this.#kept.set(kept.id, 0);
    this.#then(() => this.#database.run('uploads', 'readwrite', store => {
      for (const { kept } of added) if (this.#kept.has(kept.id)) store.put({ ...kept, owner } satisfies Row);
    }));
    for (const { kept: { id }, file } of added) this.#then(() => this.#keep(id, file));
  }

  change(kept: Kept): void {
    const owner = this.#owner;
    if (owner === null) return;
    this.#then(async () => {
      if (this.#kept.has(kept.id)) await this.#database.run('uploads', 'readwrite', store => void store.put({ ...kept, owner } satisfies Row));
    });
  }

  drop(ids: readonly string[]): void {
    for (const id of ids) this.#kept.delete(id);
    this.#then(async () => {
      await this.#database.run('contents', 'readwrite', store => ids.forEach(id => store.delete(id)));
      await this.#database.run('uploads', 'readwrite', store => ids.forEach(id => store.delete(id)));
      if (this.#kept.size === 0 && await this.#database.run('uploads', 'readonly', store => store.count()) === 0) localStorage.removeItem(LEFT);
    });
  }

  /** How many are kept, of whomever and by whichever tab. */
  async count(): Promise<number> {
    return await this.#database.run('uploads', 'readonly', store => store.count()).catch(() => undefined) ?? 0;
  }

  /** Resolves once everything so far is written, as far as it can be. */
  async written(): Promise<void> {
    await this.#last;
  }

  /** Writes nothing more of whom it belonged to. */
  forget(): void {
    this.#owner = null;
    this.#kept.clear();
  }

  async #keep(id: string, file: File): Promise<void> {
    if (this.#kept.get(id) !== 0) return;
    const sum = [...this.#kept.values()].reduce((sum, bytes) => sum + bytes, 0);
    if (sum + file.size > KEPT_MAX_BYTES) return;
    this.#kept.set(id, file.size);
    try {
      await this.#database.run('contents', 'readwrite', store => void store.put({ id, file }));
    } catch {
      // No room: whoever has it chooses it again.
      if (this.#kept.has(id)) this.#kept.set(id, 0);
    }
  }

  async #all<T>(store: string): Promise<T[]> {
    return await this.#database.run(store, 'readonly', store => store.getAll() as IDBRequest<T[]>).catch(() => undefined) ?? [];
  }

  #then(act: () => Promise<unknown>): void {
    this.#last = this.#last.then(act).catch(() => {
      // Where nothing can be kept, the queue lasts as long as the page.
    });
  }
}
