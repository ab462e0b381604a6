// A network and a clock of the tests' own.

import type { Kept } from './items';
import { Queue, type Around } from './queue';
import { Slots } from './slots';
import type { Announced, Announcement, Known, Part } from './transfer';

const PART_BYTES = 10;

/** Lets all that is ready run. */
const turn = (): Promise<void> => new Promise(resolve => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    resolve();
  };
  port2.postMessage(null);
});

/** Keeps what the server would: parts, and what became of each file. */
export class FakeServer {
  parts = new Map<string, Map<number, number>>();
  media = new Map<string, Known>();
  announced: Announcement[] = [];
  cancelled: string[] = [];
  puts = 0;
  /** PUTs that are under way, and the most that ever were. */
  running = 0;
  most = 0;
  /** Statuses that the next PUTs are answered with, instead of being taken. */
  faults: number[] = [];
  /** Parts of a ticket at most. */
  perTicket = 100;
  prepared: Known['status'] = 'READY';
  /** Held PUTs wait until they are let go. */
  hold: Promise<void> | null = null;

  readonly api = {
    announce: async (input: Announcement): Promise<Announced> => {
      this.announced.push(input);
      const known = [...this.media.values()].find(({ id }) => id === `med_${input.sha256}`);
      if (known) return { ticket: null, duplicateOf: known };
      const mediaId = `med_${input.sha256}`;
      const here = this.parts.get(mediaId) ?? new Map<number, number>();
      this.parts.set(mediaId, here);
      const all: Part[] = [];
      for (let offset = 0; offset < input.sizeBytes; offset += PART_BYTES) {
        all.push({ method: 'PUT', url: `${mediaId}/${offset}`, headers: [], offset, length: Math.min(PART_BYTES, input.sizeBytes - offset) });
      }
      const missing = all.filter(part => here.get(part.offset) !== part.length);
      return { ticket: { mediaId, partCount: all.length, parts: missing.slice(0, this.perTicket) }, duplicateOf: null };
    },
    finish: async (mediaId: string): Promise<Known> => {
      const known: Known = { id: mediaId, status: 'PROCESSING', fileName: mediaId };
      this.media.set(mediaId, known);
      return known;
    },
    cancel: async (mediaId: string): Promise<void> => { this.cancelled.push(mediaId); },
    look: async (mediaId: string): Promise<Known | null> => {
      const known = this.media.get(mediaId);
      return known ? { ...known, status: this.prepared, failureReason: 'The picture is damaged.' } : null;
    },
  };

  put = async (part: Part, body: Blob, progress: (sent: number) => void, signal: AbortSignal): Promise<number> => {
    this.puts += 1;
    this.most = Math.max(this.most, ++this.running);
    progress(Math.floor(body.size / 2));
    await Promise.resolve();
    if (this.hold) await Promise.race([this.hold, new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))]).finally(() => { this.running -= 1; });
    else this.running -= 1;
    signal.throwIfAborted();
    const fault = this.faults.shift();
    if (fault !== undefined) return fault;
    const [mediaId, offset] = part.url.split('/') as [string, string];
    this.parts.get(mediaId)!.set(Number(offset), body.size);
    return 200;
  };
}

/** A clock that runs as fast as it is asked, and notes how long was waited. */
export class FakeWorld {
  time = 0;
  pauses: number[] = [];
  online = true;
  #waiting: (() => void)[] = [];
  now = (): number => this.time;
  random = (): number => 1;
  isOnline = (): boolean => this.online;

  sleep = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    this.pauses.push(milliseconds);
    this.time += milliseconds;
    await turn();
    signal.throwIfAborted();
  };

  untilOnline = (): Promise<void> => new Promise(resolve => this.#waiting.push(resolve));

  comeOnline(): void {
    this.online = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export const GALLERY = { id: 'gal_1', title: 'Summer' };

export const fileOf = (name: string, size: number, type = 'image/jpeg', lastModified = 1000): File =>
  new File([new Uint8Array(size)], name, { type, lastModified });

/** A queue on a server and in a world of the tests' own. */
export class Bench {
  server = new FakeServer();
  world = new FakeWorld();
  kept = new Map<string, Kept>();
  arrived: string[] = [];
  hashed: string[] = [];
  queue: Queue;
  #ids = 0;

  constructor() {
    const around: Around = {
      api: this.server.api,
      hash: async file => {
        this.hashed.push(file.name);
        return `${file.name}-${file.size}`;
      },
      put: this.server.put,
      slots: new Slots(3),
      world: this.world,
      newId: () => `${this.#ids++}`,
      listen: () => () => {},
      changed: () => {},
      arrived: (_, mediaId) => { this.arrived.push(mediaId); },
      keeper: {
        add: added => { for (const { kept } of added) this.kept.set(kept.id, kept); },
        change: kept => { if (this.kept.has(kept.id)) this.kept.set(kept.id, kept); },
        drop: ids => { for (const id of ids) this.kept.delete(id); },
      },
    };
    this.queue = new Queue(around);
  }

  /** Lets everything run until this holds. */
  async until(holds: () => boolean): Promise<void> {
    for (let turns = 0; !holds(); turns++) {
      if (turns > 20_000) throw new Error(`it never held: ${this.queue.items.map(({ name, state }) => `${name} ${state}`).join(', ')}`);
      await turn();
    }
  }

  states = (): string[] => this.queue.items.map(({ state }) => state);
  settled = (): boolean => this.queue.items.every(({ state }) => state === 'done' || state === 'failed' || state === 'duplicate');
}
