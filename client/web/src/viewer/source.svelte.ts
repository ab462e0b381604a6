// A signed address that is kept for as long as it works: signed anew, it would load the same file again.

const pathOf = (url: string): string => url.slice(0, url.includes('?') ? url.indexOf('?') : undefined);

/** How often one file is asked for under another address before it is given up. */
const TRIES = 2;

export class Source {
  url: string | null = $state.raw(null);
  #failed: string | null = null;
  #tries = 0;

  /** Takes an address where there is none, where it is of another file, or where the one that is here failed. */
  offer(url: string | null | undefined): void {
    if (!url || url === this.#failed) return;
    const other = this.url === null || pathOf(url) !== pathOf(this.url);
    if (other) this.#tries = 0;
    if (other || this.#failed !== null) {
      this.#failed = null;
      this.url = url;
    }
  }

  /** The file did not come. Whether it is worth asking for another address. */
  fail(): boolean {
    this.#failed = this.url;
    return this.#tries++ < TRIES;
  }

  /** Begins anew with what failed: somebody asked for it, or there is a connection again. */
  again(): void {
    if (this.#failed === null) return;
    this.url = null;
    this.#failed = null;
    this.#tries = 0;
  }
}
