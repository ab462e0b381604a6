// What hands do with a grid: clicks, long presses, keys.

import { tellProblem } from '../ui/toasts.svelte';
import type { Drag } from './drag.svelte';
import type { SectionList } from './sections.svelte';
import type { Selection } from './selection.svelte';
import type { GridView } from './view.svelte';

const LONG_PRESS_MS = 450;
// A finger never lies quite still.
const STILL_PX = 10;

interface Grid {
  list: () => SectionList;
  view: GridView;
  selection: Selection;
  canSelect: () => boolean;
  drag: Drag;
}

export class Hands {
  /** The picture that has the focus. */
  focused: string | null = $state(null);
  readonly #grid: Grid;
  #press: { timer: number; x: number; y: number } | null = null;
  /** Whether the last touch was a long press, after which no click is meant. */
  #pressed = false;
  #touching = false;

  constructor(grid: Grid) {
    this.#grid = grid;
  }

  click = (event: MouseEvent): void => {
    const id = mediaAt(event);
    if (id === null) return;
    const { selection, canSelect } = this.#grid;
    const range = event.shiftKey;
    if (this.#pressed) {
      this.#pressed = false;
      event.preventDefault();
    } else if (selection.active || (canSelect() && (range || event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      if (range) selection.extend(id).catch(tellProblem);
      else selection.toggle(id);
    }
  };

  press = (event: PointerEvent): void => {
    const id = mediaAt(event);
    const { drag, selection, canSelect } = this.#grid;
    this.#pressed = false;
    this.#touching = event.pointerType === 'touch';
    this.#stopWaiting();
    const { clientX: x, clientY: y } = event;
    if (id === null || event.button !== 0) return;
    if (!this.#touching) return drag.hold(id, { x, y });
    if (!canSelect()) return;
    const timer = setTimeout(() => {
      this.#press = null;
      this.#pressed = true;
      drag.hold(id, { x, y });
      // What is picked may be meant to be dragged.
      if (!drag.possible || !selection.ids.has(id)) selection.toggle(id);
      navigator.vibrate?.(10);
    }, LONG_PRESS_MS);
    this.#press = { timer, x, y };
  };

  move = (event: PointerEvent): void => {
    const { drag } = this.#grid;
    if (this.#press && Math.hypot(event.clientX - this.#press.x, event.clientY - this.#press.y) >= STILL_PX) this.#stopWaiting();
    drag.move(event);
    // The click that follows is none.
    if (drag.active) this.#pressed = true;
  };

  release = (): void => {
    this.#stopWaiting();
    this.#grid.drag.drop();
  };

  cancel = (): void => {
    this.#stopWaiting();
    this.#grid.drag.cancel();
  };

  #stopWaiting(): void {
    clearTimeout(this.#press?.timer);
    this.#press = null;
  }

  /** A long press opens the browser's own menu on some telephones. */
  menu = (event: MouseEvent): void => {
    if (this.#touching && this.#grid.canSelect() && mediaAt(event) !== null) event.preventDefault();
  };

  focus = (event: FocusEvent): void => {
    this.focused = mediaAt(event);
  };

  blur = (): void => {
    this.focused = null;
  };

  key = (event: KeyboardEvent): void => {
    const id = mediaAt(event);
    const { selection } = this.#grid;
    if (id === null || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === ' ' && (selection.active || this.#grid.canSelect())) {
      event.preventDefault();
      if (event.shiftKey) selection.extend(id).catch(tellProblem);
      else selection.toggle(id);
      return;
    }
    const going = this.#goal(event.key, id);
    if (!going) return;
    event.preventDefault();
    void going.then(goal => goal === null ? undefined : this.#go(goal)).catch(() => {});
  };

  /** Which picture a key leads to; null where the key is not for this. */
  #goal(key: string, id: string): Promise<string | null> | null {
    const { list } = this.#grid;
    const onward = document.documentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    switch (key) {
      case 'ArrowLeft':
      case 'ArrowRight':
        return list().step(id, key === onward ? 1 : -1).then(tile => tile?.id ?? null);
      case 'ArrowUp':
        return this.#beside(id, -1);
      case 'ArrowDown':
        return this.#beside(id, 1);
      case 'Home':
        return list().end(-1).then(tile => tile?.id ?? null);
      case 'End':
        return list().end(1).then(tile => tile?.id ?? null);
      default:
        return null;
    }
  }

  async #beside(id: string, by: 1 | -1): Promise<string | null> {
    const { list, view } = this.#grid;
    const found = await list().find(id);
    if (!found) return null;
    const near = view.beside(found.section.key, found.index, by);
    if (near !== null) return near;
    // The next section is not here yet: its nearest picture will do.
    const edge = by === 1 ? found.section.tiles.at(-1) : found.section.tiles[0];
    return edge ? (await list().step(edge.id, by))?.id ?? null : null;
  }

  async #go(id: string): Promise<void> {
    (await this.#grid.view.reveal(id, 'nearest'))?.focus({ preventScroll: true });
  }
}

function mediaAt(event: Event): string | null {
  const tile = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-media]') : null;
  return tile?.dataset['media'] ?? null;
}
