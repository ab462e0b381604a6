// Which part of a long list is in sight, and must be in the page.

import { estimatedHeight, justify, oneRow, rowAt, tamed, USUAL_RATIO, type Layout, type Measures } from './layout';
import type { Section } from './sections.svelte';
import { ratioOf } from './tiles';

export interface GridMeasures extends Measures {
  /** How high a heading is. */
  heading: number;
  /** Between sections. */
  apart: number;
  /** What a heading needs of the width. */
  column: number;
}

/** A section, and where it is in the grid. Short ones stand beside each other: they have the same top and height. */
export interface Placed {
  section: Section;
  top: number;
  left: number;
  width: number;
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

/** Puts sections below each other, and short ones beside each other. The same `measures` object finds what was worked out before. */
export function placeSections(sections: readonly Section[], measures: GridMeasures): Placed[] {
  const ratio = usualRatio(sections);
  const placed: Placed[] = [];
  for (let at = 0, top = 0; at < sections.length;) {
    const many = besideEachOther(sections, at, measures);
    const band = many > 1 ? sideBySide(sections.slice(at, at + many), top, measures) : [alone(sections[at]!, top, ratio, measures)];
    placed.push(...band);
    top += band[0]!.height + measures.apart;
    at += many;
  }
  return placed;
}

function alone(section: Section, top: number, ratio: number, measures: GridMeasures): Placed {
  const heading = section.month === null ? 0 : measures.heading;
  const layout = layoutOf(section, measures);
  const height = heading + layout.height + restHeight(section, layout, ratio, measures);
  return { section, top, left: 0, width: measures.width, heading, layout, height };
}

/** How many sections from this one on fit into one row. By their counts alone: nothing changes its row when it is loaded. */
function besideEachOther(sections: readonly Section[], from: number, { width, target, gap, apart, column }: GridMeasures): number {
  let left = 0;
  let at = from;
  for (; at < sections.length; at++) {
    const { month, count } = sections[at]!;
    if (month === null || count === null) break;
    left += Math.max(count * (USUAL_RATIO * target + gap) - gap, column);
    if (left > width) break;
    left += apart;
  }
  return Math.max(at - from, 1);
}

/** Sections in one row, all of one height: as high as rows want to be, or lower where it is wider than was thought. */
function sideBySide(sections: readonly Section[], top: number, { width, target, gap, apart, column, heading }: GridMeasures): Placed[] {
  const ratios = sections.map(({ tiles, count }) => Array.from({ length: Math.max(count ?? 0, tiles.length) }, (_, at) => (tiles[at] ? ratioOf(tiles[at]) : USUAL_RATIO)));
  const sums = ratios.map(some => some.reduce((sum, ratio) => sum + tamed(ratio), 0));
  const widthIn = (height: number, at: number): number => Math.max(Math.round(sums[at]! * height + gap * (ratios[at]!.length - 1)), column);
  const wholeIn = (height: number): number => sums.reduce((sum, _, at) => sum + widthIn(height, at), apart * (sums.length - 1));
  let height = target;
  while (wholeIn(height) > width && height > 1) height -= 1;
  let left = 0;
  return sections.map((section, at) => {
    const layout = oneRow(ratios[at]!.slice(0, section.tiles.length), height, gap);
    const placed = { section, top, left, width: widthIn(height, at), heading, layout, height: heading + height };
    left += placed.width + apart;
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
    for (let at = 0; at < tiles.length && at < 50; at++) sum += tamed(ratioOf(tiles[at]!));
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
    const { section, top: above, heading, layout, height, width } = placed[at]!;
    if (section.complete) continue;
    const away = Math.max(above - bottom, top - above - height, 0);
    const missing = Math.min(bottom + around, above + height) - (above + heading + layout.height);
    // Of those beside each other all, which are few.
    if (width < measures.width) wanted.push({ key: section.key, count: Math.max(section.count ?? 0, section.tiles.length + 1), away });
    else if (missing > 0) wanted.push({ key: section.key, count: section.tiles.length + Math.ceil(missing / perTile), away });
  }
  return wanted.sort((a, b) => a.away - b.away);
}
