// Pictures that were picked out of a grid, to do something with all of them.

import type { Tile } from './list';
import type { SectionList } from './sections.svelte';

export class Selection {
  /** Whether a click picks instead of opening. */
  active = $state(false);
  ids: ReadonlySet<string> = $state.raw(new Set<string>());
  readonly #list: () => SectionList;
  /** Where a range begins. */
  #from: string | null = null;

  constructor(list: () => SectionList) {
    this.#list = list;
  }

  /** Those that are picked and still in the list, in its order of loading. */
  get tiles(): Tile[] {
    return [...this.ids].flatMap(id => this.#list().tile(id) ?? []);
  }

  start(): void {
    this.active = true;
  }

  end(): void {
    this.active = false;
    this.ids = new Set();
    this.#from = null;
  }

  toggle(id: string): void {
    const ids = new Set(this.ids);
    if (!ids.delete(id)) ids.add(id);
    this.active = true;
    this.ids = ids;
    this.#from = id;
  }

  /** Picks all from the one that was clicked last to this one. */
  extend(id: string): void {
    if (this.#from === null) return this.toggle(id);
    this.ids = new Set([...this.ids, ...this.#list().between(this.#from, id).map(tile => tile.id)]);
  }
}
