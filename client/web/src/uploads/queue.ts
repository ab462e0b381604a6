// All files that are on their way. Nothing here touches the page.

import { isSameFile, isSettled, isUnderWay, keptOf, type Item, type Kept } from './items';
import { typeOf } from './kinds';
import { EmptyFile, NotPrepared, WrongKind } from './problems';
import { mayPass, transfer, type Known, type Means } from './transfer';
import type { Destination } from './uploads.svelte';
import { Watch } from './watch';

/** Files that are hashed and sent at the same time. */
const LANES = 3;

/** What keeps the queue over a reload. Failing is its own matter: without it the queue works as long as the page is open. */
export interface Keeper {
  add(kept: readonly { kept: Kept; file: File }[]): void;
  change(kept: Kept): void;
  drop(ids: readonly string[]): void;
}

export interface Around extends Means {
  keeper: Keeper;
  newId(): string;
  /** Hears of the galleries in which something is being prepared; calls back with ids of what is ready. Answers how to stop. */
  listen(galleryId: string, hear: (mediaId: string) => void): () => void;
  changed(): void;
  /** Was taken in by the server, or is prepared now. */
  arrived(galleryId: string, mediaId: string): void;
}

export class Queue {
  items: Item[] = [];
  /** Bytes sent since the page was loaded. */
  bytesSent = 0;
  readonly #around: Around;
  readonly #watch: Watch;

  constructor(around: Around) {
    this.#around = around;
    this.#watch = new Watch(around, (item, known) => this.#prepared(item, known));
  }

  add(files: readonly File[], gallery: Destination): void {
    const known = new Map(this.items.filter(item => item.gallery.id === gallery.id).map(item => [keyOf(item), item]));
    const fresh: Item[] = [];
    for (const file of files) {
      const same = known.get(keyOf(file));
      if (same && (!isSettled(same) || same.state === 'failed')) {
        if (same.state === 'missing') this.#goOn(same, file);
        if (same.state === 'failed') this.#again(same, file);
        continue;
      }
      const item = this.#itemOf(file, gallery);
      known.set(keyOf(item), item);
      fresh.push(item);
    }
    this.items.push(...fresh);
    this.#around.keeper.add(fresh.flatMap(item => (item.state === 'waiting' ? [{ kept: keptOf(item), file: item.file! }] : [])));
    this.#pump();
  }

  /** Goes on with what an earlier page left. */
  restore(left: readonly { kept: Kept; file: File | null }[]): void {
    const here = new Set(this.items.map(({ id }) => id));
    for (const { kept, file } of left) {
      if (!here.has(kept.id)) this.items.push({ ...kept, state: file ? 'waiting' : 'missing', file, progress: 0, problem: null, duplicate: null, abort: null });
    }
    this.#pump();
  }

  /** Takes files for those that need to be chosen again. Answers how many of them were none of these. */
  choose(files: readonly File[]): number {
    let strange = 0;
    for (const file of files) {
      const item = this.items.find(item => item.state === 'missing' && isSameFile(item, file));
      if (item) this.#goOn(item, file);
      else strange += 1;
    }
    this.#pump();
    return strange;
  }

  retry(item: Item): void {
    if (item.state !== 'failed' || !item.file || !canRetry(item)) return;
    Object.assign(item, { state: 'waiting', progress: 0, problem: null });
    this.#around.keeper.add([{ kept: keptOf(item), file: item.file }]);
    this.#pump();
  }

  retryAll(): void {
    for (const item of this.items) this.retry(item);
  }

  /** Tries again what broke off for want of a connection. */
  retryInterrupted(): void {
    for (const item of this.items) if (mayPass(item.problem)) this.retry(item);
  }

  /** Gives a file up; what was sent of it is forgotten by the server. */
  cancel(item: Item): void {
    if (item.state === 'preparing' || item.state === 'done') return;
    const announced = item.state === 'duplicate' ? null : item.mediaId;
    this.items = this.items.filter(other => other !== item);
    item.abort?.abort();
    this.#around.keeper.drop([item.id]);
    // An upload that nobody goes on with expires by itself.
    if (announced !== null) this.#around.api.cancel(announced).catch(() => {});
    this.#pump();
  }

  cancelAll(): void {
    for (const item of this.items) if (!isSettled(item)) this.cancel(item);
  }

  /** Forgets those at whose end nothing is left to do. */
  clear(): void {
    this.items = this.items.filter(item => !isSettled(item));
    this.#around.changed();
  }

  /** Forgets those that have arrived. */
  clearArrived(): void {
    this.items = this.items.filter(({ state }) => state !== 'done' && state !== 'duplicate');
  }

  /** Drops everything, here alone: somebody else may sign in next. */
  stop(): void {
    const { items } = this;
    this.items = [];
    this.#watch.stop();
    for (const item of items) item.abort?.abort();
    this.#around.changed();
  }

  #itemOf(file: File, gallery: Destination): Item {
    const type = typeOf(file);
    const problem = type === null ? new WrongKind() : file.size === 0 ? new EmptyFile() : null;
    return {
      id: this.#around.newId(), gallery, name: file.name, type: type ?? '', size: file.size, lastModified: file.lastModified,
      addedAt: this.#around.world.now(), sha256: null, mediaId: null,
      state: problem ? 'failed' : 'waiting', file, progress: 0, problem, duplicate: null, abort: null,
    };
  }

  /** Tries a file once more that was chosen once more. */
  #again(item: Item, file: File): void {
    // Of what could not be prepared, the file went: it was sent.
    if (item.problem instanceof NotPrepared) Object.assign(item, { mediaId: null });
    else if (!canRetry({ ...item, file })) return;
    Object.assign(item, { progress: 0, problem: null });
    this.#goOn(item, file);
  }

  #goOn(item: Item, file: File): void {
    Object.assign(item, { file, state: 'waiting' });
    this.#around.keeper.add([{ kept: keptOf(item), file }]);
  }

  #pump(): void {
    let busy = this.items.filter(isUnderWay).length;
    for (const item of this.items) {
      if (busy >= LANES) break;
      if (item.state !== 'waiting') continue;
      busy += 1;
      item.state = 'hashing';
      void this.#run(item).finally(() => this.#pump());
    }
    this.#around.changed();
  }

  async #run(item: Item): Promise<void> {
    const abort = item.abort = new AbortController();
    try {
      const outcome = await transfer(this.#transferOf(item), this.#around, abort.signal);
      abort.signal.throwIfAborted();
      if ('duplicateOf' in outcome) this.#isDuplicate(item, outcome.duplicateOf);
      else this.#hasArrived(item, outcome.arrived);
    } catch (error) {
      // What was given up is in the list no more.
      if (abort.signal.aborted) return;
      Object.assign(item, { state: 'failed', problem: error });
      if (!mayPass(error)) this.#around.keeper.drop([item.id]);
    }
  }

  #transferOf(item: Item): Parameters<typeof transfer>[0] {
    let last = 0;
    return {
      file: item.file!,
      galleryId: item.gallery.id,
      contentType: item.type,
      sha256: item.sha256,
      mediaId: item.mediaId,
      hashed: bytes => this.#step(item, 'hashing', bytes),
      sent: bytes => {
        // A part that is sent again counts again: this is about speed.
        if (item.state === 'sending') this.bytesSent += Math.max(0, bytes - last);
        last = bytes;
        this.#step(item, 'sending', bytes);
      },
      know: facts => {
        const before = `${item.sha256} ${item.mediaId}`;
        Object.assign(item, facts);
        if (`${item.sha256} ${item.mediaId}` !== before) this.#around.keeper.change(keptOf(item));
      },
    };
  }

  #step(item: Item, state: Item['state'], progress: number): void {
    Object.assign(item, { state, progress });
    this.#around.changed();
  }

  #isDuplicate(item: Item, { id, status }: Known): void {
    Object.assign(item, { state: 'duplicate', file: null, mediaId: null, duplicate: { id, trashed: status === 'TRASHED' } });
    this.#around.keeper.drop([item.id]);
  }

  #hasArrived(item: Item, known: Known): void {
    // Its bytes are safe: nothing is left to send, so the file can go.
    Object.assign(item, { state: 'preparing', file: null, mediaId: known.id, progress: item.size });
    this.#around.keeper.drop([item.id]);
    if (known.status === 'PROCESSING' || known.status === 'UPLOADING') {
      this.#around.arrived(item.gallery.id, known.id);
      this.#watch.add(item);
    } else this.#prepared(item, known);
  }

  #prepared(item: Item, known: Known | null): void {
    if (known?.status === 'FAILED') Object.assign(item, { state: 'failed', problem: new NotPrepared(known.failureReason ?? '') });
    else item.state = 'done';
    this.#around.arrived(item.gallery.id, item.mediaId!);
    this.#around.changed();
  }
}

const keyOf = ({ name, size, lastModified }: { name: string; size: number; lastModified: number }): string => `${size} ${lastModified} ${name}`;

/** Whether trying again could change anything. */
export const canRetry = ({ problem, file }: Item): boolean =>
  file !== null && !(problem instanceof WrongKind || problem instanceof EmptyFile || problem instanceof NotPrepared);
