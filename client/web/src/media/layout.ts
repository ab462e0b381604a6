// Rows of pictures that fill the width: where each picture is, worked out without the page.

export interface Measures {
  /** What rows fill, in pixels. */
  width: number;
  /** How high rows are to be, more or less. */
  target: number;
  /** Between pictures, and between rows. */
  gap: number;
}

/** Where the pictures of a section are; all in whole pixels, from the section's own corner. */
export interface Layout {
  readonly lefts: Int32Array;
  readonly widths: Int32Array;
  /** The first picture of each row, and the number of pictures at the end. */
  readonly starts: Uint32Array;
  /** The upper edge of each row. */
  readonly tops: Int32Array;
  readonly heights: Int32Array;
  readonly rows: number;
  /** Of all rows, with the gaps between them. */
  readonly height: number;
}

// A panorama or a long screenshot must not squeeze the others.
const NARROWEST = 0.5;
const WIDEST = 3;
/** What a picture is taken for of which nothing is known: between upright and lying ones. */
export const USUAL_RATIO = 1.25;

export const tamed = (ratio: number): number => Math.min(Math.max(ratio, NARROWEST), WIDEST);

/** Lays out pictures of these ratios (width by height) in their order. */
export function justify(ratios: ArrayLike<number>, measures: Measures): Layout {
  const { width, target, gap } = measures;
  const count = ratios.length;
  const lefts = new Int32Array(count);
  const widths = new Int32Array(count);
  const starts = new Uint32Array(count + 1);
  const tops = new Int32Array(count);
  const heights = new Int32Array(count);
  let rows = 0;
  let top = 0;

  const heightOf = (sum: number, many: number): number => (width - gap * (many - 1)) / sum;

  function place(from: number, to: number, exact: number, fill: boolean): void {
    const height = Math.max(Math.round(exact), 1);
    let left = 0;
    for (let at = from; at < to; at++) {
      const begin = Math.round(left);
      left += tamed(ratios[at]!) * exact + gap;
      // Rounding must not show at the edge, where all rows end.
      const end = fill && at === to - 1 ? width : Math.min(Math.round(left - gap), width);
      lefts[at] = begin;
      widths[at] = Math.max(end - begin, 1);
    }
    starts[rows] = from;
    tops[rows] = top;
    heights[rows] = height;
    rows += 1;
    top += height + gap;
  }

  let from = 0;
  let sum = 0;
  for (let at = 0; at < count; at++) {
    const next = tamed(ratios[at]!);
    const within = heightOf(sum + next, at - from + 1);
    const without = at > from ? heightOf(sum, at - from) : Infinity;
    // The row ends before or after this picture, whichever comes nearer to the wanted height.
    if (within < target && without - target < target - within) {
      place(from, at, without, true);
      from = at;
      sum = 0;
    }
    sum += next;
    const height = heightOf(sum, at - from + 1);
    if (height > target) continue;
    place(from, at + 1, height, true);
    from = at + 1;
    sum = 0;
  }
  // The last row is not stretched.
  if (from < count) place(from, count, target, false);
  starts[rows] = count;

  return { lefts, widths, starts, tops: tops.subarray(0, rows), heights: heights.subarray(0, rows), rows, height: Math.max(top - gap, 0) };
}

/** Lays out pictures in one row of this height, whatever width that takes. */
export function oneRow(ratios: ArrayLike<number>, height: number, gap: number): Layout {
  const sum = Array.from(ratios).reduce((all, ratio) => all + tamed(ratio), 0);
  return justify(ratios, { width: Math.ceil(sum * height) + gap * ratios.length, target: height, gap });
}

/** About how high so many pictures are, of which only the usual ratio is known. */
export function estimatedHeight(count: number, ratio: number, measures: Measures): number {
  if (count === 0) return 0;
  const { width, target, gap } = measures;
  const rows = Math.ceil(count * (tamed(ratio) * target + gap) / (width + gap));
  return rows * (target + gap) - gap;
}

/** The row that is at a height, or the one after the gap that is there; the last one for what is below all. */
export function rowAt(layout: Layout, y: number): number {
  let low = 0;
  let high = layout.rows - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (layout.tops[middle]! + layout.heights[middle]! > y) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The row that a picture is in. */
export function rowOf(layout: Layout, index: number): number {
  let low = 0;
  let high = layout.rows - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (layout.starts[middle]! <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}
