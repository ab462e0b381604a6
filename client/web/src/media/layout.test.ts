import { describe, expect, it } from 'vitest';

import { estimatedHeight, justify, rowAt, rowOf, type Layout, type Measures } from './layout';

/** Numbers from 0 to 1 that are the same in each run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const USUAL = [4 / 3, 3 / 4, 3 / 2, 16 / 9, 9 / 16, 1];

function someRatios(next: () => number): number[] {
  const count = Math.floor(next() * 120);
  return Array.from({ length: count }, () => {
    const kind = next();
    if (kind < 0.04) return 4 + next() * 20;
    if (kind < 0.06) return 0.02 + next() * 0.2;
    return USUAL[Math.floor(next() * USUAL.length)]!;
  });
}

function forMany(check: (ratios: number[], measures: Measures, layout: Layout) => void): void {
  for (let seed = 1; seed <= 400; seed++) {
    const next = numbers(seed);
    const ratios = someRatios(next);
    const width = Math.round(288 + next() * 1800);
    const measures = { width, target: Math.round(90 + width * 0.09), gap: 4 };
    check(ratios, measures, justify(ratios, measures));
  }
}

const rowsOf = (layout: Layout): [number, number][] =>
  Array.from({ length: layout.rows }, (_, row) => [layout.starts[row]!, layout.starts[row + 1]!]);

describe('rows', () => {
  it('hold every picture once, in order', () => {
    forMany((ratios, _, layout) => {
      expect(layout.starts[layout.rows]).toBe(ratios.length);
      let expected = 0;
      for (const [from, to] of rowsOf(layout)) {
        expect(from).toBe(expected);
        expect(to).toBeGreaterThan(from);
        expected = to;
      }
      expect(expected).toBe(ratios.length);
    });
  });

  it('fill the width to the pixel, but for the last one', () => {
    forMany((_, { width }, layout) => {
      for (const [, to] of rowsOf(layout).slice(0, -1)) expect(layout.lefts[to - 1]! + layout.widths[to - 1]!).toBe(width);
    });
  });

  it('do not overlap, and keep their gaps', () => {
    forMany((_, { gap }, layout) => {
      for (const [from, to] of rowsOf(layout)) {
        for (let at = from + 1; at < to; at++) {
          const between = layout.lefts[at]! - (layout.lefts[at - 1]! + layout.widths[at - 1]!);
          expect(Math.abs(between - gap)).toBeLessThanOrEqual(1);
        }
      }
      for (let row = 1; row < layout.rows; row++) {
        expect(layout.tops[row]! - layout.tops[row - 1]! - layout.heights[row - 1]!).toBe(gap);
      }
    });
  });

  it('are about as high as wanted', () => {
    forMany((_, { target }, layout) => {
      for (const height of layout.heights) {
        expect(height).toBeLessThan(2 * target);
        expect(height).toBeGreaterThan(0.4 * target);
      }
    });
  });

  it('end with one that is not stretched', () => {
    const { heights, widths, rows } = justify([1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1], { width: 900, target: 200, gap: 0 });
    expect([rows, heights[2], widths[6]]).toEqual([3, 200, 200]);
  });

  it('never reach over the edge', () => {
    forMany((ratios, { width }, layout) => {
      for (let at = 0; at < ratios.length; at++) expect(layout.lefts[at]! + layout.widths[at]!).toBeLessThanOrEqual(width);
    });
  });

  it('keep the shape of usual pictures to the pixel', () => {
    forMany((ratios, _, layout) => {
      for (const [row, [from, to]] of rowsOf(layout).entries()) {
        for (let at = from; at < to; at++) {
          const ratio = Math.min(Math.max(ratios[at]!, 0.5), 3);
          expect(Math.abs(layout.widths[at]! - ratio * layout.heights[row]!)).toBeLessThan(3);
        }
      }
    });
  });

  it('show a panorama no wider than three heights, beside others', () => {
    const { widths, heights } = justify([20, 1, 1], { width: 1000, target: 200, gap: 0 });
    expect([...widths]).toEqual([600, 200, 200]);
    expect([...heights]).toEqual([200]);
  });

  it('are none of no pictures', () => {
    expect(justify([], { width: 400, target: 100, gap: 4 })).toMatchObject({ rows: 0, height: 0 });
  });

  it('are found by height and by picture', () => {
    forMany((ratios, _, layout) => {
      for (let row = 0; row < layout.rows; row++) {
        expect(rowAt(layout, layout.tops[row]!)).toBe(row);
        expect(rowAt(layout, layout.tops[row]! + layout.heights[row]! - 1)).toBe(row);
      }
      for (let at = 0; at < ratios.length; at++) {
        const row = rowOf(layout, at);
        expect(layout.starts[row]!).toBeLessThanOrEqual(at);
        expect(layout.starts[row + 1]!).toBeGreaterThan(at);
      }
    });
  });
});

describe('the estimate', () => {
  it('comes within a sixth of what many usual pictures take', () => {
    const next = numbers(7);
    const ratios = Array.from({ length: 600 }, () => USUAL[Math.floor(next() * USUAL.length)]!);
    const average = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    for (const width of [320, 390, 768, 1280, 1760]) {
      const measures = { width, target: Math.round(90 + width * 0.09), gap: 4 };
      const real = justify(ratios, measures).height;
      expect(Math.abs(estimatedHeight(ratios.length, average, measures) - real) / real).toBeLessThan(1 / 6);
    }
  });
});
