// Which part of a long list is in sight, and must be in the page.

import { estimatedHeight, justify, rowAt, USUAL_RATIO, type Layout, type Measures } from './layout';
import type { Section } from './sections.svelte';
import { ratioOf } from './tiles';

export interface GridMeasures extends Measures {
  /** How high a heading is. */
  heading: number;
  /** Between sections. */
  apart: number;
}

/** A section, and where it is in the grid. */
export interface Placed {
  section: Section;
  top: number;
  heading: number;
  /** Of the pictures that are here; what is to come follows below. */
  layout: Layout;
  height: number;
}

/** The pictures of a section that are to be in the page. */
export interface Shown {
  placed: Placed;
  from: number;
  to: number;
}

/** How many pictures of a section are to be asked for. */
export interface Wanted {
  key: string;
  count: number;
}

// Of a list whose end is not known, about as much as one page brings.
const UNKNOWN_REST = 60;

interface Known {
  measures: GridMeasures;
  layout: Layout;
}

// Sections hand out another array when anything in it changed.
const known = new WeakMap<readonly unknown[], Known>();

function layoutOf(section: Section, measures: GridMeasures): Layout {
  const kept = known.get(section.tiles);
  if (kept?.measures === measures) return kept.layout;
  const layout = justify(Float64Array.from(section.tiles, ratioOf), measures);
  known.set(section.tiles, { measures, layout });
  return layout;
}

/** Puts sections below each other. The same `measures` object finds what was worked out before. */
export function placeSections(sections: readonly Section[], measures: GridMeasures): Placed[] {
  const ratio = usualRatio(sections);
  let top = 0;
  return sections.map(section => {
    const heading = section.month === null ? 0 : measures.heading;
    const layout = layoutOf(section, measures);
    const placed = { section, top, heading, layout, height: heading + layout.height + restHeight(section, layout, ratio, measures) };
    top += placed.height + measures.apart;
    return placed;
  });
}

function restHeight(section: Section, layout: Layout, ratio: number, measures: Measures): number {
  if (section.complete) return 0;
  const rest = section.count === null ? UNKNOWN_REST : Math.max(section.count - section.tiles.length, 0);
  return (layout.height > 0 ? measures.gap : 0) + estimatedHeight(rest, ratio, measures);
}

/** Of the pictures that are here, so that guesses fit this family's telephones. */
function usualRatio(sections: readonly Section[]): number {
  let sum = 0;
  let count = 0;
  for (const { tiles } of sections) {
    for (let at = 0; at < tiles.length && at < 50; at++) sum += Math.min(Math.max(ratioOf(tiles[at]!), 0.5), 3);
    count += Math.min(tiles.length, 50);
    if (count > 500) break;
  }
  // A few pictures do not say much.
  return (sum + USUAL_RATIO * 20) / (count + 20);
}

export function heightOf(placed: readonly Placed[]): number {
  const last = placed.at(-1);
  return last ? last.top + last.height : 0;
}

/** The first section that reaches below a height. */
export function sectionAt(placed: readonly Placed[], y: number): number {
  let low = 0;
  let high = placed.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (placed[middle]!.top + placed[middle]!.height > y) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What is to be in the page: all in sight, and up to `around` pixels before and after as long as that is at most `most` pictures. */
export function shownBetween(placed: readonly Placed[], top: number, bottom: number, around: number, most: number): Shown[] {
  for (let reach = around; ; reach = reach < 100 ? 0 : reach / 2) {
    const shown = within(placed, top - reach, bottom + reach);
    if (reach === 0 || shown.reduce((sum, { from, to }) => sum + to - from, 0) <= most) return shown;
  }
}

function within(placed: readonly Placed[], top: number, bottom: number): Shown[] {
  const shown: Shown[] = [];
  for (let at = sectionAt(placed, top); at < placed.length && placed[at]!.top < bottom; at++) {
    const one = placed[at]!;
    const { layout } = one;
    const above = one.top + one.heading;
    if (layout.rows === 0 || above >= bottom || above + layout.height <= top) {
      shown.push({ placed: one, from: 0, to: 0 });
      continue;
    }
    const first = rowAt(layout, top - above);
    let last = rowAt(layout, bottom - above);
    if (last > first && layout.tops[last]! >= bottom - above) last -= 1;
    shown.push({ placed: one, from: layout.starts[first]!, to: layout.starts[last + 1]! });
  }
  return shown;
}

/** What must be asked for, so that nothing is missing between two heights: what is in sight first. */
export function wantedBetween(placed: readonly Placed[], top: number, bottom: number, around: number, measures: Measures): Wanted[] {
  const perTile = (measures.target + measures.gap) * (USUAL_RATIO * measures.target + measures.gap) / (measures.width + measures.gap);
  const wanted: (Wanted & { away: number })[] = [];
  for (let at = sectionAt(placed, top - around); at < placed.length && placed[at]!.top < bottom + around; at++) {
    const { section, top: above, heading, layout, height } = placed[at]!;
    const end = Math.min(bottom + around, above + height);
    const missing = end - (above + heading + layout.height);
    if (section.complete || missing <= 0) continue;
    const away = Math.max(above - bottom, top - above - height, 0);
    wanted.push({ key: section.key, count: section.tiles.length + Math.ceil(missing / perTile), away });
  }
  return wanted.sort((a, b) => a.away - b.away);
}
