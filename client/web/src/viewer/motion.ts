// Moves an element to where it belongs, unless the person wants things to stay calm.

const still = matchMedia('(prefers-reduced-motion: reduce)');

export class Motion {
  #running: { animation: Animation; then: (() => void) | undefined } | null = null;

  /** Moves an element to a transform, from where it is. Then does what is to follow. */
  to(element: HTMLElement, transform: string, ms: number, then?: () => void): void {
    this.finish();
    const from = getComputedStyle(element).transform;
    element.style.transform = transform;
    if (still.matches) return then?.();
    const animation = element.animate([{ transform: from }, { transform }], { duration: ms, easing: 'cubic-bezier(0.2, 0.7, 0.2, 1)' });
    this.#running = { animation, then };
    animation.onfinish = () => this.finish();
  }

  /** Ends at once what is under way: whoever touches a moving picture means the next one. */
  finish(): void {
    const running = this.#running;
    this.#running = null;
    running?.animation.cancel();
    running?.then?.();
  }
}

/** How fast a finger moves, in pixels per millisecond, by its last tenth of a second. */
export class Speed {
  #samples: { at: number; x: number; y: number }[] = [];

  put(at: number, x: number, y: number): void {
    this.#samples = [...this.#samples.filter(sample => at - sample.at < 100), { at, x, y }];
  }

  clear(): void {
    this.#samples = [];
  }

  get x(): number {
    return this.#of('x');
  }

  get y(): number {
    return this.#of('y');
  }

  #of(axis: 'x' | 'y'): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    return first && last && last.at > first.at ? (last[axis] - first[axis]) / (last.at - first.at) : 0;
  }
}
