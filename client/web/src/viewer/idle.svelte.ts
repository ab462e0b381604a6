// Whether the controls may fade: somebody looks, and does nothing.

const IDLE_MS = 3500;

export class Idle {
  /** Whether the controls are out of the way. */
  away = $state(false);
  #timer = 0;

  /** A mouse moved. */
  moved(): void {
    this.away = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { this.away = true; }, IDLE_MS);
  }

  /** A finger touched the picture. */
  touched(): void {
    if (this.away) this.moved();
    else this.away = true;
  }

  /** A key was pressed: whoever works by keys must see where they are. */
  stay(): void {
    this.away = false;
    clearTimeout(this.#timer);
  }
}
