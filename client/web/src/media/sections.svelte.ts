// A list of media in sections, each loaded when it comes near: months of which the counts are known at once, or one
// section of which only its end tells how long it is.

import type { MediaList, Tile } from './list';
import { isExpired, monthOf } from './tiles';
import type { Wanted } from './window';

export interface Outline {
  readonly key: string;
  /** `2026-03`; null where the list is in no order of months. */
  readonly month: string | null;
  /** Null where only the end tells. */
  readonly count: number | null;
}

export interface Section extends Outline {
  /** Those that are here, from the first on. Another array whenever something in it changed. */
  readonly tiles: readonly Tile[];
  readonly complete: boolean;
}

export interface Page {
  tiles: Tile[];
  /** Where the next one begins; null at the end. */
  next: string | null;
}

export interface Start {
  sections: Outline[];
  /** The first pictures of the list, where they came along. */
  first: Tile[];
}

/** Where a list comes from. */
export interface Source {
  /** Whether all of it is loaded, one page after the other, so that the scrollbar tells the truth. */
  readonly eager: boolean;
  start(): Promise<Start>;
  page(key: string, after: string | null): Promise<Page>;
  /** One picture, and the months in which it may stand; null where it is gone. */
  one(id: string): Promise<{ tile: Tile; months: string[] } | null>;
}

interface Load {
  /** How many pictures are wanted. */
  need: number;
  /** Whether those that are here are asked for anew. */
  anew: boolean;
  done: Promise<void>;
}

// More at once would only make the first one wait.
const LOADS_AT_ONCE = 2;
// Where very many came in before what is here, what is far down is left to be asked for again.
const MOST_PAGES_MORE = 20;
// So many are asked for one by one, more by their sections.
const FEW = 4;

export class SectionList implements MediaList {
  sections: readonly Section[] = $state.raw([]);
  /** Why nothing more comes, until `retry`. */
  problem: unknown = $state.raw(null);

  readonly #source: Source;
  readonly #where = new Map<string, string>();
  readonly #cursors = new Map<string, string>();
  /** What the server said last of how many there are. */
  readonly #told = new Map<string, number | null>();
  readonly #loads = new Map<string, Load>();
  readonly #stale = new Set<string>();
  #wanted: readonly Wanted[] = [];
  #reloading: Promise<void> | null = null;
  #again = false;

  constructor(source: Source) {
    this.#source = source;
  }

  get total(): number | null {
    let total = 0;
    for (const { count } of this.sections) {
      if (count === null) return null;
      total += count;
    }
    return total;
  }

  tile(id: string): Tile | undefined {
    const place = this.#place(id);
    return place && place.section.tiles[place.index];
  }

  position(id: string): number | null {
    const place = this.#place(id);
    if (!place) return null;
    let before = 0;
    for (const section of this.sections) {
      if (section === place.section) return before + place.index + 1;
      if (section.count === null) return null;
      before += section.count;
    }
    return null;
  }

  async step(id: string, by: 1 | -1): Promise<Tile | null> {
    const place = await this.find(id);
    if (!place) return null;
    const { section: { key }, index } = place;
    if (by === 1) await this.#load(key, index + 2);
    const near = this.#section(key)?.tiles[index + by];
    return near ?? this.#beyond(key, by);
  }

  /** The section and place of one, which is loaded where it is not here; null where it is not in the list. */
  async find(id: string): Promise<{ section: Section; index: number } | null> {
    for (const key of this.#where.has(id) ? [] : await this.#keysOf(id)) {
      for (;;) {
        const section = this.#section(key);
        if (!section || section.complete || this.#where.has(id)) break;
        await this.#load(key, section.tiles.length + 1);
      }
    }
    return this.#place(id) ?? null;
  }

  /** Those that are here, in order. */
  get tiles(): Tile[] {
    return this.sections.flatMap(section => section.tiles);
  }

  get ids(): string[] {
    return this.tiles.map(({ id }) => id);
  }

  /** All of the list, or of one of its sections, loaded where they are not here. */
  async all(key?: string): Promise<readonly Tile[]> {
    if (key !== undefined) {
      await this.#load(key, Infinity);
      return this.#here(key);
    }
    // One after the other, as what is in sight goes on loading meanwhile; sections without anything go away.
    for (let rest: Section | undefined; (rest = this.sections.find(({ complete }) => !complete));) await this.#load(rest.key, Infinity);
    return this.tiles;
  }

  /** Puts those that are here in another order: of a list that is in an order by hand. */
  arrange(order: readonly string[]): void {
    const section = this.sections[0];
    if (!section) return;
    const tiles = new Map(section.tiles.map(tile => [tile.id, tile]));
    this.#put(section.key, { tiles: order.flatMap(id => tiles.get(id) ?? []) });
  }

  /** Loads the first pictures, which tell of some lists whether there is anything. */
  async begin(): Promise<void> {
    const first = this.sections[0];
    if (first?.count === null) await this.#load(first.key, 1);
  }

  /** The first of all (-1) or the last one (1). */
  async end(by: 1 | -1): Promise<Tile | null> {
    return this.#from(by === 1 ? this.sections.length - 1 : 0, by === 1 ? -1 : 1);
  }

  /** Those between two that are here, both included, in order. What lies between is loaded where it is not here. */
  async between(one: string, other: string): Promise<Tile[]> {
    const keys = [one, other].map(id => this.#where.get(id));
    const ends = keys.map(key => this.sections.findIndex(section => section.key === key)).sort((a, b) => a - b);
    // Of the last section what comes before one that is here is here.
    for (const { key } of this.sections.slice(ends[0], ends[1])) await this.#load(key, Infinity);
    const all = this.tiles;
    const [from, to] = [one, other].map(id => all.findIndex(tile => tile.id === id)).sort((a, b) => a - b);
    return from === -1 ? [] : all.slice(from, to! + 1);
  }

  update(...tiles: Tile[]): void {
    for (const tile of tiles) {
      const place = this.#place(tile.id);
      if (!place) continue;
      const { section, index } = place;
      const before = section.tiles[index]!;
      this.#put(section.key, { tiles: section.tiles.with(index, renewed(before, tile)) });
      if (section.month !== null && before.takenAt !== tile.takenAt) this.#stale.add(section.key).add(monthOf(tile) ?? section.key);
    }
    if (this.#stale.size > 0) this.reload().catch(error => { this.problem = error; });
  }

  /** Says that the address of a picture does not hold, whatever it says itself: the next one takes its place. */
  spoil(id: string): void {
    const place = this.#place(id);
    const tile = place?.section.tiles[place.index];
    if (!place || !tile?.thumbnail) return;
    const spoiled = { ...tile, thumbnail: { ...tile.thumbnail, expiresAt: new Date(0).toISOString() } };
    this.#put(place.section.key, { tiles: place.section.tiles.with(place.index, spoiled) });
  }

  remove(ids: readonly string[]): void {
    const gone = new Set(ids);
    for (const section of this.sections) {
      const tiles = section.tiles.filter(({ id }) => !gone.has(id));
      const fewer = section.tiles.length - tiles.length;
      if (fewer === 0) continue;
      const told = this.#told.get(section.key);
      if (typeof told === 'number') this.#told.set(section.key, told - fewer);
      this.#put(section.key, { tiles, count: section.count === null ? null : section.count - fewer });
    }
    this.sections = this.sections.filter(({ count }) => count !== 0);
  }

  async refresh(ids: readonly string[]): Promise<void> {
    const here = ids.filter(id => this.#where.has(id));
    if (here.length > FEW) {
      const keys = new Set(here.map(id => this.#where.get(id)!));
      await Promise.all([...keys].map(key => this.#load(key, 0, true)));
      return;
    }
    await Promise.all(here.map(async id => {
      const found = await this.#source.one(id);
      if (found) this.update(found.tile);
      else this.remove([id]);
    }));
  }

  async reload(): Promise<void> {
    this.#again = true;
    this.#reloading ??= this.#reloadWhileAsked().finally(() => { this.#reloading = null; });
    return this.#reloading;
  }

  /** Says what is in sight, most urgent first; what was wanted before and is not any more is left out. */
  want(wanted: readonly Wanted[]): void {
    this.#wanted = wanted;
    this.#pump();
  }

  retry(): void {
    if (!this.problem) return;
    this.problem = null;
    this.#pump();
  }

  async #reloadWhileAsked(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const { sections, first } = await this.#source.start();
      const changed = this.#outline(sections);
      this.#seed(first);
      await Promise.all(changed.map(key => this.#load(key, 0, true)));
    }
    this.#pump();
  }

  /** Takes over which sections there are. Answers those of which something is here that may not be so any more. */
  #outline(outlines: readonly Outline[]): string[] {
    const changed: string[] = [];
    const before = new Map(this.sections.map(section => [section.key, section]));
    this.sections = outlines.map(outline => {
      const section = before.get(outline.key);
      const isSame = section && outline.count !== null && this.#told.get(outline.key) === outline.count;
      this.#told.set(outline.key, outline.count);
      if (!section || section.tiles.length === 0) return { ...outline, tiles: [], complete: false };
      if (!isSame || this.#stale.has(outline.key)) changed.push(outline.key);
      return section;
    });
    this.#stale.clear();
    for (const [id, key] of this.#where) if (!this.#section(key)) this.#where.delete(id);
    return changed;
  }

  /** Shares the first pictures among the first sections, which follow each other as the pictures do. */
  #seed(first: readonly Tile[]): void {
    let at = 0;
    for (const { key, month, count, tiles } of this.sections) {
      if (at >= first.length) return;
      const some = first.slice(at, at + (count ?? first.length));
      // Near midnight zones may disagree: what stands in another month comes when that is asked for.
      const isOther = some.some(tile => month !== null && monthOf(tile) !== null && monthOf(tile) !== month);
      if (isOther) return;
      at += some.length;
      if (tiles.length === 0) this.#put(key, { tiles: some, complete: some.length === count });
    }
  }

  #pump(): void {
    if (this.problem) return;
    const waiting = this.#wanted.filter(({ key, count }) => this.#lacks(key, count));
    if (waiting.length === 0 && this.#source.eager) {
      const rest = this.sections.find(section => !section.complete);
      if (rest) waiting.push({ key: rest.key, count: rest.tiles.length + 1 });
    }
    for (const { key, count } of waiting) {
      const running = this.#loads.get(key);
      if (running) running.need = Math.max(running.need, count);
      else if (this.#loads.size < LOADS_AT_ONCE) this.#load(key, count).then(() => this.#pump(), error => { this.problem = error; });
    }
  }

  #lacks(key: string, count: number): boolean {
    const section = this.#section(key);
    return section !== undefined && !section.complete && section.tiles.length < count;
  }

  /** Sees to it that so many pictures of a section are here, or all that there are. */
  #load(key: string, need: number, anew = false): Promise<void> {
    const running = this.#loads.get(key);
    if (running && (running.anew || !anew)) {
      running.need = Math.max(running.need, need);
      return running.done;
    }
    const load: Load = { need, anew, done: Promise.resolve() };
    const before = running?.done.catch(() => {});
    load.done = this.#run(key, load, before).finally(() => {
      if (this.#loads.get(key) === load) this.#loads.delete(key);
    });
    this.#loads.set(key, load);
    return load.done;
  }

  async #run(key: string, load: Load, before: Promise<void> | undefined): Promise<void> {
    await before;
    if (load.anew) await this.#renew(key);
    while (this.#lacks(key, load.need)) {
      const cursor = this.#cursors.get(key) ?? null;
      const { tiles, next } = await this.#source.page(key, cursor);
      // What came along at the start has no cursor: the first page holds it, too.
      const here = cursor === null ? [] : this.#here(key);
      this.#take(key, [...here, ...tiles], next);
    }
  }

  /** Asks anew for as much of a section as is here, down to what was the last of it, and puts it in place at once. */
  async #renew(key: string): Promise<void> {
    const tiles: Tile[] = [];
    let next: string | null = null;
    let more = MOST_PAGES_MORE;
    do {
      const page: Page = await this.#source.page(key, next);
      tiles.push(...page.tiles);
      next = page.next;
    } while (next !== null && (tiles.length < this.#here(key).length || (!this.#reaches(key, tiles) && more-- > 0)));
    this.#take(key, tiles, next);
  }

  #here(key: string): readonly Tile[] {
    return this.#section(key)?.tiles ?? [];
  }

  /** Whether the last that is here is among those: others may have come in before it. */
  #reaches(key: string, tiles: readonly Tile[]): boolean {
    const last = this.#here(key).at(-1);
    return last === undefined || tiles.some(({ id }) => id === last.id);
  }

  #take(key: string, tiles: readonly Tile[], next: string | null): void {
    const section = this.#section(key);
    if (!section) return;
    const before = new Map(section.tiles.map(tile => [tile.id, tile]));
    if (next === null) this.#cursors.delete(key);
    else this.#cursors.set(key, next);
    const once = [...new Map(tiles.map(tile => [tile.id, renewed(before.get(tile.id), tile)])).values()];
    const count = section.count === null ? null : Math.max(this.#told.get(key) ?? 0, once.length);
    this.#put(key, { tiles: once, complete: next === null, count: next === null ? once.length : count });
    // It changed since the list was asked for, and so did others perhaps.
    const isOther = next === null && typeof this.#told.get(key) === 'number' && this.#told.get(key) !== once.length;
    if (isOther) this.#told.set(key, once.length);
    if (isOther && !this.#reloading) this.reload().catch(() => {});
    if (next === null && once.length === 0) this.sections = this.sections.filter(section => section.key !== key);
  }

  #put(key: string, change: Partial<Section>): void {
    this.sections = this.sections.map(section => {
      if (section.key !== key) return section;
      if (change.tiles) {
        for (const { id } of section.tiles) this.#where.delete(id);
        for (const { id } of change.tiles) this.#where.set(id, key);
      }
      return { ...section, ...change };
    });
  }

  #section(key: string): Section | undefined {
    return this.sections.find(section => section.key === key);
  }

  #place(id: string): { section: Section; index: number } | undefined {
    const key = this.#where.get(id);
    // Read in any case: who asks wants to know when it arrives.
    const section = this.sections.find(one => one.key === key);
    const index = section?.tiles.findIndex(tile => tile.id === id) ?? -1;
    return section && index !== -1 ? { section, index } : undefined;
  }

  async #keysOf(id: string): Promise<string[]> {
    if (this.sections.every(({ month }) => month === null)) return this.sections.map(({ key }) => key);
    const found = await this.#source.one(id);
    return found ? found.months : [];
  }

  /** The first one after a section, or the last one before it. */
  #beyond(key: string, by: 1 | -1): Promise<Tile | null> {
    return this.#from(this.sections.findIndex(section => section.key === key) + by, by);
  }

  /** The nearest one of a section, or of those that follow it in a direction. */
  async #from(start: number, by: 1 | -1): Promise<Tile | null> {
    for (let at = start; ; at += by) {
      const section = this.sections[at];
      if (!section) return null;
      await this.#load(section.key, by === 1 ? 1 : Infinity);
      const tile = this.#section(section.key)?.tiles.at(by === 1 ? 0 : -1);
      if (tile) return tile;
    }
  }
}

/** What is new of a picture; but an address that still holds is kept, as the browser has what it leads to. */
function renewed(before: Tile | undefined, now: Tile): Tile {
  const [old, fresh] = [before?.thumbnail, now.thumbnail];
  if (!before || !old || !fresh || isExpired(before, Date.now()) || pathOf(old.url) !== pathOf(fresh.url)) return now;
  return { ...now, thumbnail: old };
}

const pathOf = (url: string): string => url.split('?', 1)[0]!;
