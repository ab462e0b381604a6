// Pictures that are dragged to another place of a list in an order by hand: by the mouse, or by a finger after a long press.

import { tellProblem } from '../ui/toasts.svelte';
import type { Selection } from './selection.svelte';
import type { GridView, Slot } from './view.svelte';

/** Puts pictures before the one at an index of the list, or at its end. */
export type Arrange = (ids: ReadonlySet<string>, index: number) => Promise<void>;

// A hand never holds a mouse quite still.
const BEGINS_PX = 6;
/** So near the edge of the screen the page scrolls, by so much in a frame at most. */
const EDGE_PX = 90;
const FASTEST_PX = 18;

interface Grid {
  view: GridView;
  selection: Selection;
  /** Null where the order is not by hand, or not for whoever looks to change. */
  arrange: () => Arrange | null;
}

export class Drag {
  /** Those that are dragged; none while nothing is. */
  ids: ReadonlySet<string> = $state.raw(new Set<string>());
  /** Where the pointer is on the screen. */
  at: { x: number; y: number } = $state.raw({ x: 0, y: 0 });
  /** Where they would go. */
  slot: Slot | null = $state.raw(null);
  readonly #grid: Grid;
  #from: { id: string; x: number; y: number } | null = null;

  constructor(grid: Grid) {
    this.#grid = grid;
  }

  get active(): boolean {
    return this.ids.size > 0;
  }

  get possible(): boolean {
    return this.#grid.arrange() !== null;
  }

  /** A picture is held: it is dragged as soon as the pointer moves. */
  hold(id: string, { x, y }: { x: number; y: number }): void {
    if (this.possible) this.#from = { id, x, y };
  }

  move(event: PointerEvent): void {
    const from = this.#from;
    if (!from) return;
    this.at = { x: event.clientX, y: event.clientY };
    if (!this.active) {
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) < BEGINS_PX) return;
      const { ids } = this.#grid.selection;
      this.ids = ids.has(from.id) ? ids : new Set([from.id]);
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      requestAnimationFrame(this.#scroll);
    }
    this.slot = this.#grid.view.slotAt(this.at);
  }

  drop(): void {
    const { ids, slot } = this;
    this.cancel();
    if (ids.size > 0 && slot) this.#grid.arrange()?.(ids, slot.index).catch(tellProblem);
  }

  cancel = (): void => {
    this.#from = this.slot = null;
    this.ids = new Set();
  };

  /** To be attached to the element of the grid: a finger that drags does not scroll the page. */
  still = (grid: HTMLElement): (() => void) => {
    const stop = (event: TouchEvent): void => { if (this.#from) event.preventDefault(); };
    grid.addEventListener('touchmove', stop, { passive: false });
    return () => {
      grid.removeEventListener('touchmove', stop);
      this.cancel();
    };
  };

  #scroll = (): void => {
    if (!this.active) return;
    const { y } = this.at;
    const past = Math.max(EDGE_PX - y, 0) - Math.max(y - innerHeight + EDGE_PX, 0);
    if (past !== 0) {
      scrollBy({ top: (-past / EDGE_PX) * FASTEST_PX, behavior: 'instant' });
      this.slot = this.#grid.view.slotAt(this.at);
    }
    requestAnimationFrame(this.#scroll);
  };
}
