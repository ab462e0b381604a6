// One picture after the other by itself.

const EACH_MS = 5000;

interface Wake {
  release(): Promise<void>;
}

export class Slideshow {
  running = $state(false);
  #timer = 0;
  #wake: Wake | null = null;
  #step: () => void;

  /** `step` goes to the next picture, or ends the show. */
  constructor(step: () => void) {
    this.#step = step;
    // The lock ends when the page is hidden.
    document.addEventListener('visibilitychange', this.#seen);
  }

  start(): void {
    this.running = true;
    void this.#stayAwake();
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.#timer);
    void this.#wake?.release().catch(() => {});
    this.#wake = null;
  }

  /** A photo shows: it stays for a while. A film says itself when it is at its end. */
  photo(): void {
    clearTimeout(this.#timer);
    if (this.running) this.#timer = setTimeout(() => this.next(), EACH_MS);
  }

  film(): void {
    clearTimeout(this.#timer);
  }

  next(): void {
    if (this.running) this.#step();
  }

  end(): void {
    this.stop();
    document.removeEventListener('visibilitychange', this.#seen);
  }

  #seen = (): void => {
    if (!document.hidden && this.running) void this.#stayAwake();
  };

  async #stayAwake(): Promise<void> {
    // Plain http has none, and an empty battery refuses it: then the screen goes dark as ever.
    const wake = await navigator.wakeLock?.request('screen').catch(() => null) ?? null;
    if (this.running) this.#wake = wake;
    else void wake?.release();
  }
}
