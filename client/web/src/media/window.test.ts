import { describe, expect, it } from 'vitest';

import type { Tile } from './list';
import type { Section } from './sections.svelte';
import { heightOf, placeSections, sectionAt, shownBetween, wantedBetween, type GridMeasures, type Placed } from './window';

const MEASURES: GridMeasures = { width: 1200, target: 200, gap: 6, heading: 48, apart: 20, column: 150 };

const tiles = (count: number, name: string): Tile[] =>
  Array.from({ length: count }, (_, at) => ({ id: `${name}-${at}`, width: [4, 3, 16][at % 3], height: [3, 4, 9][at % 3] }) as Tile);

function months(count: number, each: number, loaded = true): Section[] {
  return Array.from({ length: count }, (_, at) => {
    const key = `2020-${at}`;
    return { key, month: key, count: each, tiles: loaded ? tiles(each, key) : [], complete: loaded };
  });
}

describe('a window', () => {
  it('never holds more than it may of a thousand pictures', () => {
    const placed = placeSections(months(25, 40), MEASURES);
    for (let top = 0; top < heightOf(placed); top += 150) {
      const count = shownBetween(placed, top, top + 800, 2400, 119).reduce((sum, { from, to }) => sum + to - from, 0);
      expect(count).toBeLessThanOrEqual(119);
      expect(count).toBeGreaterThan(0);
    }
  });

  it('holds every picture that is in sight', () => {
    const placed = placeSections(months(6, 40), MEASURES);
    for (let top = 0; top < heightOf(placed); top += 97) {
      const ids = new Set(shownBetween(placed, top, top + 800, 0, 119).flatMap(({ placed: one, from, to }) => one.section.tiles.slice(from, to).map(({ id }) => id)));
      for (const one of placed) {
        for (let row = 0; row < one.layout.rows; row++) {
          const y = one.top + one.heading + one.layout.tops[row]!;
          const isInSight = y < top + 800 && y + one.layout.heights[row]! > top;
          for (let at = one.layout.starts[row]!; at < one.layout.starts[row + 1]!; at++) {
            if (isInSight) expect(ids).toContain(one.section.tiles[at]!.id);
          }
        }
      }
    }
  });

  it('finds sections one below the other', () => {
    const placed = placeSections(months(30, 12), MEASURES);
    for (const [at, one] of placed.entries()) {
      expect(sectionAt(placed, one.top + 1)).toBe(at);
      if (at > 0) expect(one.top - placed[at - 1]!.top - placed[at - 1]!.height).toBe(MEASURES.apart);
    }
  });

  it('has nothing of a list of nothing', () => {
    expect([heightOf([]), shownBetween([], 0, 800, 800, 119), wantedBetween([], 0, 800, 800, MEASURES)]).toEqual([0, [], []]);
  });
});

describe('short months', () => {
  const some = (counts: number[], loaded = true): Section[] => counts.flatMap((count, at) => months(1, count, loaded).map(section => ({ ...section, key: `m${at}`, month: `2020-${at}` })));
  const bands = (placed: Placed[]): string[] => [...new Set(placed.map(({ top }) => top))].map(top => placed.filter(one => one.top === top).map(({ section }) => section.count).join('+'));

  it('stand beside each other, as many as fit, in their order', () => {
    expect(bands(placeSections(some([1, 1, 2, 40, 1, 3, 1, 1, 12]), MEASURES))).toEqual(['1+1+2', '40', '1+3', '1+1', '12']);
  });

  it('stay in their rows when their pictures become known', () => {
    const counts = [1, 2, 1, 9, 2, 1, 1, 4, 1];
    expect(bands(placeSections(some(counts), MEASURES))).toEqual(bands(placeSections(some(counts, false), MEASURES)));
  });

  it('keep within the width, apart from each other, and show every picture once', () => {
    for (const width of [320, 384, 768, 1184, 2400]) {
      const measures = { ...MEASURES, width, target: Math.round(90 + width * 0.09) };
      for (let seed = 1; seed < 60; seed++) {
        const placed = placeSections(some(Array.from({ length: 12 }, (_, at) => 1 + ((seed * 7 + at * at * seed) % 5))), measures);
        for (const [at, one] of placed.entries()) {
          expect(one.left + one.width).toBeLessThanOrEqual(width);
          expect(one.layout.starts[one.layout.rows]).toBe(one.section.count);
          const before = placed[at - 1];
          if (before?.top === one.top) expect([one.left - before.left - before.width, one.height]).toEqual([MEASURES.apart, before.height]);
          for (let tile = 0; tile < one.section.tiles.length; tile++) expect(one.layout.lefts[tile]! + one.layout.widths[tile]!).toBeLessThanOrEqual(one.width + 1);
        }
      }
    }
  });

  it('are asked for as a whole when they come into sight', () => {
    const wanted = wantedBetween(placeSections(some([1, 2, 1], false), MEASURES), 0, 800, 0, MEASURES);
    expect(wanted.map(({ key, count }) => [key, count])).toEqual([['m0', 1], ['m1', 2], ['m2', 1]]);
  });
});

describe('what is asked for', () => {
  it('is what is in sight first, and nothing far away', () => {
    const placed = placeSections(months(100, 60, false), MEASURES);
    const middle = placed[50]!;
    const wanted = wantedBetween(placed, middle.top + 10, middle.top + 800, 800, MEASURES);
    expect(wanted[0]?.key).toBe('2020-50');
    expect(wanted.length).toBeLessThan(6);
  });

  it('is no more of a long section than is needed to see it', () => {
    const placed = placeSections([{ key: '', month: null, count: 5000, tiles: tiles(100, 'a'), complete: false }], MEASURES);
    expect(wantedBetween(placed, 0, 800, 800, MEASURES)).toEqual([]);
    const [wanted] = wantedBetween(placed, 5000, 5800, 800, MEASURES);
    expect(wanted?.count).toBeGreaterThan(100);
    expect(wanted?.count).toBeLessThan(250);
  });

  it('is nothing of what is complete', () => {
    expect(wantedBetween(placeSections(months(5, 20), MEASURES), 0, 800, 800, MEASURES)).toEqual([]);
  });
});
