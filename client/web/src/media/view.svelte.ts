// The window through which a grid is seen: what is in sight, what must be loaded for it, and where to scroll.

import { untrack } from 'svelte';

import { router } from '../router.svelte';
import { themes } from '../theme.svelte';
import { rowAt, rowOf } from './layout';
import type { Section, SectionList } from './sections.svelte';
import { heightOf, placeSections, sectionAt, shownBetween, wantedBetween, type GridMeasures, type Placed } from './window';

/** With the one that has the focus, and may be elsewhere: at most 120 in the page. */
const MOST_SHOWN = 119;
// Scrolling by less does not change what is to be shown.
const STEP = 48;

/** About how high rows are to be: on a phone lower than in a wide window, in both themes of galleries. */
function rowHeight(width: number): number {
  const CALM = 240;
  return Math.round(Math.min(90 + width * 0.09, CALM) * (themes.rowHeight / CALM));
}

/** A point of the grid that stays where it is on the screen while what is above it gets its real height. */
interface Anchor {
  key: string;
  /** A picture of the section; null for its heading. */
  id: string | null;
  /** From the top of the screen. */
  at: number;
}

/** A place between two pictures of a row: before the one at `index`, and where a line shows it. */
export interface Slot {
  index: number;
  left: number;
  top: number;
  height: number;
}

/** What was in sight of a list when its grid was left, and how far the page was scrolled then. */
const left = new WeakMap<SectionList, { scroll: number; anchor: Anchor }>();

export class GridView {
  constructor(private readonly list: () => SectionList) {}

  #width = $state(0);
  #em = $state(16);
  /** The edges of the screen, from the top of the grid. */
  #top = $state(0);
  #bottom = $state(0);
  /** What bars hide of the top of the screen. */
  #covered = 0;
  #grid: HTMLElement | null = null;
  /** Where one jumped to last. */
  #wanted: string | null = $state(null);
  #anchor: Anchor | null = null;
  /** How far the page was scrolled when that was noted. */
  #scroll = 0;

  readonly measures: GridMeasures | null = $derived.by(() => {
    const width = this.#width;
    if (width === 0) return null;
    const em = this.#em;
    return { width, target: rowHeight(width), gap: width < 600 ? Math.min(themes.gap, 3) : themes.gap, heading: Math.round(3 * em), apart: Math.round(1.25 * em), column: Math.round(9.5 * em) };
  });
  readonly placed: readonly Placed[] = $derived.by(() => (this.measures ? placeSections(this.list().sections, this.measures) : []));
  readonly height = $derived(heightOf(this.placed));
  readonly shown = $derived.by(() => {
    const around = (this.#bottom - this.#top) * 0.75;
    return shownBetween(this.placed, this.#top, this.#bottom, around, MOST_SHOWN);
  });
  readonly wanted = $derived.by(() => {
    if (!this.measures) return [];
    return wantedBetween(this.placed, this.#top, this.#bottom, this.#bottom - this.#top, this.measures);
  });
  /** The section at the top of the screen; of several beside each other the one that was jumped to. */
  readonly current: Section | null = $derived.by(() => {
    const first = this.placed[sectionAt(this.placed, this.#top + this.#covered + 1)];
    const wanted = this.placed.find(({ section }) => section.key === this.#wanted);
    return (wanted?.top === first?.top ? wanted : first)?.section ?? null;
  });

  /** To be attached to the element of the grid. */
  watch = (grid: HTMLElement): (() => void) => {
    this.#grid = grid;
    const list = untrack(this.list);
    const look = (): void => this.look();
    const observer = new ResizeObserver(() => {
      const isOther = this.#width !== grid.clientWidth;
      this.#width = grid.clientWidth;
      this.#em = parseFloat(getComputedStyle(document.documentElement).fontSize);
      // With another width all is elsewhere: first that is put right, by `hold`, and then looked at.
      if (!isOther || !this.#anchor) look();
    });
    observer.observe(grid);
    addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    return () => {
      observer.disconnect();
      removeEventListener('scroll', look);
      removeEventListener('resize', look);
      if (this.#anchor) left.set(list, { scroll: this.#scroll, anchor: this.#anchor });
      this.#grid = null;
    };
  };

  /** Notes how much of the top of the screen a bar that sticks there hides. */
  cover(bar: HTMLElement): void {
    const style = getComputedStyle(bar);
    this.#covered = style.position === 'sticky' ? parseFloat(style.top) + bar.offsetHeight : 0;
  }

  /** Notes what is in sight. */
  look(): void {
    if (!this.#grid) return;
    const top = -this.#grid.getBoundingClientRect().top;
    if (Math.abs(top - this.#top) >= STEP || this.#bottom - this.#top !== innerHeight || top < STEP) this.#see(top);
    this.#anchor = top + this.#covered > 0 ? this.#anchorAt(top) : null;
    this.#scroll = scrollY;
  }

  /** Scrolls so that what was in sight stays there, after heights have changed. */
  hold(): void {
    if (!this.#grid || !this.#anchor) return;
    const y = this.#yOf(this.#anchor.key, this.#anchor.id);
    if (y === null) return;
    const away = y + this.#grid.getBoundingClientRect().top - this.#anchor.at;
    if (Math.abs(away) < 1) return;
    scrollBy({ top: away, behavior: 'instant' });
    // Also where it is too little for another look: all that is shown, and the month that is told, go by it.
    this.#see(-this.#grid.getBoundingClientRect().top);
    this.look();
  }

  /** The page was scrolled to where it was left. What was in sight then may be elsewhere: its list went on loading. */
  comeBack(scroll: number): void {
    const before = left.get(this.list());
    if (!before || Math.abs(before.scroll - scroll) > 1) return;
    this.#anchor = before.anchor;
    this.hold();
  }

  #see(top: number): void {
    this.#top = top;
    this.#bottom = top + innerHeight;
  }

  /** Scrolls to the heading of a section. */
  jump(key: string): void {
    this.#wanted = key;
    const y = this.#yOf(key, null);
    if (y !== null) this.#scrollTo(y - this.#covered);
  }

  /** Scrolls by as little as is needed to see a picture, or far enough to have it in the middle. Answers its element. */
  async reveal(id: string, place: 'nearest' | 'middle'): Promise<HTMLElement | null> {
    const found = await this.list().find(id);
    if (!found || !this.#grid) return null;
    const box = this.box(found.section.key, found.index);
    if (!box) return null;
    const screen = this.#grid.getBoundingClientRect().top;
    const [over, under] = [box.top + screen - this.#covered, box.top + box.height + screen - innerHeight];
    if (over < 0 && place === 'nearest') this.#scrollTo(this.#headOf(found.section.key, box.top) - this.#covered);
    else if (over < 0 || under > 0) {
      this.#scrollTo(place === 'nearest' ? box.top + box.height - innerHeight + 8 + this.#bottomBar() : box.top - (innerHeight - box.height) / 2);
    }
    await new Promise(requestAnimationFrame);
    return this.#grid?.querySelector<HTMLElement>(`[data-media="${CSS.escape(id)}"]`) ?? null;
  }

  /** Where a picture is in the grid. */
  box(key: string, index: number): { left: number; top: number; width: number; height: number } | null {
    const placed = this.placed.find(({ section }) => section.key === key);
    if (!placed || index >= placed.layout.lefts.length) return null;
    const { layout, top, left, heading } = placed;
    const row = rowOf(layout, index);
    return { left: left + layout.lefts[index]!, top: top + heading + layout.tops[row]!, width: layout.widths[index]!, height: layout.heights[row]! };
  }

  /** The place that a point of the screen belongs to, in a list of one section. */
  slotAt({ x, y }: { x: number; y: number }): Slot | null {
    const [first] = this.placed;
    if (!this.#grid || !this.measures || !first || first.layout.rows === 0) return null;
    const { left, right, top } = this.#grid.getBoundingClientRect();
    const { lefts, widths, starts, tops, heights } = first.layout;
    const inline = document.documentElement.dir === 'rtl' ? right - x : x - left;
    const row = rowAt(first.layout, y - top);
    const end = starts[row + 1]!;
    let index = starts[row]!;
    while (index < end && lefts[index]! + widths[index]! / 2 < inline) index += 1;
    const line = index < end ? lefts[index]! - this.measures.gap / 2 : lefts[end - 1]! + widths[end - 1]! + this.measures.gap / 2;
    return { index, left: line, top: tops[row]!, height: heights[row]! };
  }

  /** The picture over (-1) or under (1) another; null where that is not here. */
  beside(key: string, index: number, by: 1 | -1): string | null {
    const here = this.placed.find(({ section }) => section.key === key);
    const box = this.box(key, index);
    if (!here || !box) return null;
    const row = rowOf(here.layout, index) + by;
    const middle = box.left + box.width / 2;
    if (row >= 0 && row < here.layout.rows) return nearestIn([here], row, middle);
    const next = by === 1 ? this.placed.find(({ top }) => top > here.top) : this.placed.findLast(({ top }) => top < here.top);
    const band = this.placed.filter(({ top }) => top === next?.top);
    return nearestIn(band, by === 1 ? 0 : -1, middle);
  }

  /** What is to be seen with a picture: of the first row its heading, and of the first of all the head of the page. */
  #headOf(key: string, top: number): number {
    const placed = this.placed.find(({ section }) => section.key === key);
    if (!placed || top > placed.top + placed.heading) return top - 8;
    return placed.top === 0 ? -scrollY - innerHeight : placed.top;
  }

  #scrollTo(y: number): void {
    if (!this.#grid) return;
    scrollTo({ top: y + this.#grid.getBoundingClientRect().top + scrollY, behavior: 'instant' });
    this.look();
  }

  /** What the bar of the page hides at the bottom of phones. */
  #bottomBar(): number {
    return innerWidth <= 700 ? 64 : 0;
  }

  #anchorAt(top: number): Anchor | null {
    const y = top + this.#covered;
    const placed = this.placed[sectionAt(this.placed, y + 1)];
    if (!placed) return null;
    const { section, layout, heading } = placed;
    const inside = y - placed.top - heading;
    if (inside < 0 || layout.rows === 0 || inside > layout.height) return { key: section.key, id: null, at: placed.top - top };
    const row = rowAt(layout, inside);
    const tile = section.tiles[layout.starts[row]!];
    return tile ? { key: section.key, id: tile.id, at: placed.top + heading + layout.tops[row]! - top } : null;
  }

  #yOf(key: string, id: string | null): number | null {
    const placed = this.placed.find(({ section }) => section.key === key);
    if (!placed) return null;
    if (id === null) return placed.top;
    const index = placed.section.tiles.findIndex(tile => tile.id === id);
    return index === -1 ? null : this.box(key, index)?.top ?? null;
  }
}

/** The picture of a row of sections beside each other that is nearest to a place; -1 is the last row. */
function nearestIn(band: readonly Placed[], row: number, x: number): string | null {
  let nearest: string | null = null;
  let distance = Infinity;
  for (const { section, layout, left } of band) {
    const at = row === -1 ? layout.rows - 1 : row;
    for (let index = layout.starts[at] ?? 0; index < (layout.starts[at + 1] ?? 0); index++) {
      const away = Math.abs(left + layout.lefts[index]! + layout.widths[index]! / 2 - x);
      if (away < distance) [nearest, distance] = [section.tiles[index]?.id ?? null, away];
    }
  }
  return nearest;
}

/** Says that the page has its height: a screen that one came back to scrolls to where it was. */
export function settle(view: GridView): void {
  const scroll = router.comeBack();
  if (scroll) view.comeBack(scroll);
  view.look();
}
