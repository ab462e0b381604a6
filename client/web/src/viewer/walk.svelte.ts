// The picture that shows, and the two beside it.

import type { MediaList, Tile } from '../media/list';

export class Walk {
  #list: () => MediaList;
  id = $state('');
  /** The one before; null at the start of the list, undefined while that is being found out. */
  before: Tile | null | undefined = $state.raw(undefined);
  after: Tile | null | undefined = $state.raw(undefined);

  constructor(list: () => MediaList) {
    this.#list = list;
  }

  /** Stands before a picture. What is known of its neighbours from the step to it is kept. */
  stand(id: string): void {
    if (id === this.id) return;
    const left = this.id ? this.#list().tile(this.id) : undefined;
    const before = this.after?.id === id ? left : undefined;
    const after = this.before?.id === id ? left : undefined;
    this.id = id;
    this.before = before;
    this.after = after;
    void this.look();
  }

  /** Asks for the neighbours that are not known. */
  async look(): Promise<void> {
    await Promise.all([this.#ask(1), this.#ask(-1)]);
  }

  async #ask(by: 1 | -1): Promise<void> {
    const { id } = this;
    const known = this.beside(by);
    if (known === null || (known && this.#list().tile(known.id))) return;
    // Where the list cannot be read further, offline say, it is asked again at the next try to go there.
    const found = await this.#list().step(id, by).catch(() => undefined);
    if (this.id !== id) return;
    if (by === 1) this.after = found;
    else this.before = found;
  }

  beside(by: 1 | -1): Tile | null | undefined {
    return by === 1 ? this.after : this.before;
  }

  /** Where to go from a picture that is no longer there. */
  get refuge(): string | null {
    return (this.after ?? this.before)?.id ?? null;
  }
}
