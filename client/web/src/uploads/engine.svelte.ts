// The queue in this page: what it needs of the browser, and what shows of it.

import { accepted, request } from '../api';
import { CancelUpload } from '../api/generated/CancelUpload';
import { FinishUpload } from '../api/generated/FinishUpload';
import { Node } from '../api/generated/Node';
import { OnMediaReady } from '../api/generated/OnMediaReady';
import { RequestUpload } from '../api/generated/RequestUpload';
import { ApiError } from '../api/errors';
import { sessionEvents } from '../api/session';
import { subscribe } from '../api/stream';
import { app } from '../app.svelte';
import { connection } from '../offline/connection.svelte';
import { loadTexts } from '../texts';
import { endHashing, sha256Of } from './hashing';
import { isPending, type Item } from './items';
import { Meter } from './meter';
import { put } from './put';
import { Queue } from './queue';
import { Slots } from './slots';
import { Store } from './store';
import type { Api, Part } from './transfer';
import { uploads, type Destination } from './uploads.svelte';
import { viewOf, type View } from './view';
import { browserWorld as world } from './world';

/** Parts that are sent at the same time: more do not make it faster, and take the line from whoever looks. */
const PARTS_AT_ONCE = 3;
/** What is shown changes at most so often. */
const SHOWN_EVERY_MS = 200;

const api: Api = {
  announce: async input => accepted((await request(RequestUpload, { input })).requestUpload),
  finish: async mediaId => {
    const { media } = accepted((await request(FinishUpload, { input: { mediaId } })).finishUpload);
    // Taken in, but not to be seen by whoever brought it: `look` will say the same.
    return media ?? { id: mediaId, status: 'PROCESSING' };
  },
  cancel: mediaId => request(CancelUpload, { input: { mediaId } }),
  look: async id => {
    const { node } = await request(Node, { id });
    return node && 'status' in node ? node : null;
  },
};

/** Whether nobody answered, or a proxy for a server that is away. */
const isOutOfReach = (status: number): boolean => status === 0 || (status >= 502 && status <= 504);

class Engine {
  view: View = $state.raw(viewOf([]));
  /** Bytes per second. */
  speed = $state(0);
  /** Whether the last that was sent broke off. */
  #isBroken = $state(false);
  readonly #store = new Store(world.now);
  readonly #meter = new Meter();
  #refreshing = 0;
  #mayRestore = false;
  #wakeLock: Promise<WakeLockSentinel | null> | null = null;

  readonly #queue = new Queue({
    api,
    hash: sha256Of,
    put: (part, body, progress, signal) => this.#put(part, body, progress, signal),
    slots: new Slots(PARTS_AT_ONCE),
    world,
    keeper: this.#store,
    // Not `randomUUID`: plain http has none.
    newId: () => Array.from(crypto.getRandomValues(new Uint32Array(4)), part => part.toString(36)).join(''),
    listen: (galleryId, hear) => subscribe(OnMediaReady, { galleryId }, ({ onMediaReady }) => {
      if (onMediaReady) hear(onMediaReady.mediaId);
    }),
    changed: () => this.#changed(),
    arrived: (galleryId, mediaId) => uploads.arrived(galleryId, mediaId),
  });

  constructor() {
    sessionEvents.addEventListener('ended', () => this.#stop());
    addEventListener('beforeunload', event => {
      if (this.#queue.items.some(isPending)) event.preventDefault();
    });
    addEventListener('online', () => {
      this.#isBroken = false;
      this.#queue.retryInterrupted();
    });
    document.addEventListener('visibilitychange', () => this.#keepAwake());
  }

  /** Whether what is sent arrives, as far as is known: a server can be out of reach while the network is there. */
  get isOnline(): boolean {
    return connection.online && !this.#isBroken;
  }

  /** To be called once: goes on with what was left, in one tab alone where the browser can tell tabs apart. */
  async start(): Promise<void> {
    await loadTexts('uploads');
    if (!navigator.locks) {
      this.#mayRestore = true;
      return this.goOn();
    }
    // Held for as long as this page lives.
    void navigator.locks.request('mantel.uploads', async () => {
      this.#mayRestore = true;
      await this.goOn();
      await new Promise(() => {});
    });
  }

  async goOn(): Promise<void> {
    const owner = app.user?.id;
    if (!this.#mayRestore || owner === undefined || app.isGuest) return;
    const left = await this.#store.left(owner);
    if (app.user?.id === owner) this.#queue.restore(left);
  }

  async add(files: readonly File[], gallery: Destination): Promise<void> {
    if (!app.user) throw new ApiError('UNAUTHENTICATED', 'nobody to send for');
    this.#store.belongsTo(app.user.id);
    // A new batch counts anew.
    if (uploads.pending === 0) this.#queue.clearArrived();
    this.#queue.add(files, gallery);
    await this.#store.written();
  }

  underWay(): number {
    return this.#queue.items.filter(isPending).length;
  }

  choose(files: readonly File[]): number {
    return this.#queue.choose(files);
  }

  retry(item: Item): void {
    this.#queue.retry(item);
  }

  retryAll(): void {
    this.#queue.retryAll();
  }

  cancel(item: Item): void {
    this.#queue.cancel(item);
  }

  cancelAll(): void {
    this.#queue.cancelAll();
  }

  clear(): void {
    this.#queue.clear();
  }

  #stop(): void {
    this.#store.forget();
    this.#queue.stop();
    endHashing(new DOMException('signed out', 'AbortError'));
    this.#meter.reset();
    this.#refresh();
  }

  async #put(part: Part, body: Blob, progress: (sent: number) => void, signal: AbortSignal): Promise<number> {
    const moved = (sent: number): void => {
      this.#isBroken = false;
      progress(sent);
    };
    const status = await put(part, body, moved, signal);
    this.#isBroken = isOutOfReach(status);
    // What was sent of the part is not counted any more.
    if (this.#isBroken) this.#meter.reset();
    return status;
  }

  #changed(): void {
    if (this.#refreshing === 0) this.#refreshing = window.setTimeout(() => this.#refresh(), SHOWN_EVERY_MS);
  }

  #refresh(): void {
    clearTimeout(this.#refreshing);
    this.#refreshing = 0;
    const { counts } = this.view = viewOf(this.#queue.items);
    uploads.pending = counts.waiting + counts.hashing + counts.sending + counts.preparing;
    const sending = counts.waiting + counts.hashing + counts.sending > 0;
    if (sending && this.isOnline) this.#meter.note(world.now(), this.#queue.bytesSent);
    else this.#meter.reset();
    if (!sending) this.#isBroken = false;
    this.speed = this.#meter.speed;
    this.#keepAwake();
  }

  /** A phone that falls asleep stops sending. */
  #keepAwake(): void {
    if (document.visibilityState !== 'visible') {
      // The browser gives it up by itself.
      this.#wakeLock = null;
    } else if (!this.#queue.items.some(isPending)) {
      void this.#wakeLock?.then(lock => lock?.release());
      this.#wakeLock = null;
    } else {
      this.#wakeLock ??= navigator.wakeLock?.request('screen').catch(() => null) ?? null;
    }
  }
}

export const engine = new Engine();
