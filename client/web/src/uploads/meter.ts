/** How fast bytes go out, over the last seconds. */
export class Meter {
  #samples: { at: number; bytes: number }[] = [];

  constructor(readonly spanMs = 12_000) {}

  /** Notes how many were sent until now. */
  note(at: number, bytes: number): void {
    this.#samples.push({ at, bytes });
    while (this.#samples.length > 2 && this.#samples[1]!.at <= at - this.spanMs) this.#samples.shift();
  }

  /** Bytes per second; 0 while that cannot be told. */
  get speed(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at - first.at < 1000) return 0;
    return (last.bytes - first.bytes) * 1000 / (last.at - first.at);
  }

  reset(): void {
    this.#samples = [];
  }
}
