// Waits until the server has prepared what arrived.

import type { Item } from './items';
import type { Known } from './transfer';
import type { Around } from './queue';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;
/** So many are asked for in a row that are not ready, before there is a pause. */
const ROUND = 5;

export class Watch {
  readonly #around: Pick<Around, 'api' | 'world' | 'listen'>;
  readonly #tell: (item: Item, known: Known | null) => void;
  /** By the id of the photo or video; those that were asked for last are at the end. */
  #waiting = new Map<string, Item>();
  #streams = new Map<string, () => void>();
  #running: AbortController | null = null;

  constructor(around: Pick<Around, 'api' | 'world' | 'listen'>, tell: (item: Item, known: Known | null) => void) {
    this.#around = around;
    this.#tell = tell;
  }

  add(item: Item): void {
    this.#waiting.set(item.mediaId!, item);
    const gallery = item.gallery.id;
    if (!this.#streams.has(gallery)) this.#streams.set(gallery, this.#around.listen(gallery, id => void this.#hear(id)));
    if (!this.#running) void this.#poll(this.#running = new AbortController());
  }

  stop(): void {
    this.#waiting.clear();
    this.#rest();
  }

  #rest(): void {
    this.#running?.abort();
    this.#running = null;
    for (const end of this.#streams.values()) end();
    this.#streams.clear();
  }

  async #hear(mediaId: string): Promise<void> {
    if (this.#waiting.has(mediaId)) await this.#ask(mediaId).catch(() => false);
  }

  /** Streams may be missing, and their events are a courtesy: so it is asked for, too, the longer it takes the less often. */
  async #poll(running: AbortController): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    try {
      while (this.#waiting.size > 0) {
        await this.#around.world.sleep(pause, running.signal);
        const ready = await this.#round();
        pause = ready ? FIRST_PAUSE_MS : Math.min(pause * 1.5, LONGEST_PAUSE_MS);
      }
      if (this.#running === running) this.#rest();
    } catch (error) {
      if (!running.signal.aborted) throw error;
    }
  }

  /** Asks for those that wait longest, until several in a row are not ready. Answers whether any was. */
  async #round(): Promise<boolean> {
    let any = false;
    let unready = 0;
    for (const mediaId of [...this.#waiting.keys()]) {
      if (!this.#waiting.has(mediaId)) continue;
      // Out of reach: it is asked for again in a while.
      const ready = await this.#ask(mediaId).catch(() => false);
      any ||= ready;
      unready = ready ? 0 : unready + 1;
      if (unready >= ROUND) break;
    }
    return any;
  }

  async #ask(mediaId: string): Promise<boolean> {
    const item = this.#waiting.get(mediaId);
    const known = await this.#around.api.look(mediaId);
    // Stopped, or told by the other way, meanwhile.
    if (!item || this.#waiting.get(mediaId) !== item) return false;
    this.#waiting.delete(mediaId);
    if (known?.status === 'PROCESSING' || known?.status === 'UPLOADING') {
      this.#waiting.set(mediaId, item);
      return false;
    }
    this.#tell(item, known);
    return true;
  }
}
