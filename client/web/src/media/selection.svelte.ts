// Pictures that were picked out of a grid, to do something with all of them.

import type { Tile } from './list';
import type { Section, SectionList } from './sections.svelte';

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

  /** Those that are picked and still in the list, in its order. */
  get tiles(): Tile[] {
    return this.ids.size === 0 ? [] : this.#list().tiles.filter(({ id }) => this.ids.has(id));
  }

  /** Whether all of a list, or of one of its sections, are picked. */
  hasAll(key?: string): boolean {
    return this.#sections(key).every(({ complete, tiles }) => complete && tiles.every(({ id }) => this.ids.has(id)));
  }

  #sections(key?: string): readonly Section[] {
    return this.#list().sections.filter(section => key === undefined || section.key === key);
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

  /** Picks all from the one that was clicked last to this one; what lies between is loaded where it is not here. */
  async extend(id: string): Promise<void> {
    if (this.#from === null) return this.toggle(id);
    this.#add(await this.#list().between(this.#from, id));
  }

  /** Picks all of a list, or of one of its sections, also what is not here yet; or none of them, where all are picked. */
  async toggleAll(key?: string): Promise<void> {
    if (!this.hasAll(key)) return this.#add(await this.#list().all(key));
    const gone = new Set(this.#sections(key).flatMap(({ tiles }) => tiles.map(({ id }) => id)));
    this.ids = new Set([...this.ids].filter(id => !gone.has(id)));
  }

  #add(tiles: readonly Tile[]): void {
    // It may have ended while they came.
    if (this.active) this.ids = new Set([...this.ids, ...tiles.map(({ id }) => id)]);
  }
}
