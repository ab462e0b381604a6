import { describe, expect, it } from 'vitest';

import { moved, movedTo } from './order';

const ALL = ['a', 'b', 'c', 'd', 'e'];
const order = (some: string[], by: 1 | -1): string | undefined => moved(ALL, new Set(some), by)?.order.join('');

describe('moving pictures by hand', () => {
  it('puts one a place further', () => {
    expect([order(['c'], -1), order(['c'], 1)]).toEqual(['acbde', 'abdce']);
  });

  it('keeps those together that are', () => {
    expect([order(['b', 'c'], -1), order(['b', 'c'], 1)]).toEqual(['bcade', 'adbce']);
  });

  it('brings those together that are apart', () => {
    expect([order(['b', 'd'], -1), order(['b', 'd'], 1)]).toEqual(['abdce', 'acbde']);
  });

  it('says after which one they come', () => {
    expect(moved(ALL, new Set(['b']), -1)).toMatchObject({ moving: ['b'], after: null });
    expect(moved(ALL, new Set(['b', 'c']), 1)).toMatchObject({ moving: ['b', 'c'], after: 'd' });
  });

  it('does nothing at the ends', () => {
    expect([order(['a'], -1), order(['e'], 1), order([], 1), order(ALL, 1)]).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('dragging pictures', () => {
  const order = (some: string[], index: number): string | undefined => movedTo(ALL, new Set(some), index)?.order.join('');

  it('puts them where they are dropped, in their order', () => {
    expect([order(['a'], 3), order(['e'], 0), order(['b', 'd'], 5), order(['a', 'e'], 2)]).toEqual(['bcade', 'eabcd', 'acebd', 'baecd']);
  });

  it('says after which one they come, which is none of them', () => {
    expect(movedTo(ALL, new Set(['b', 'c']), 5)).toMatchObject({ moving: ['b', 'c'], after: 'e' });
    expect(movedTo(ALL, new Set(['c', 'd']), 1)).toMatchObject({ after: 'a' });
    expect(movedTo(ALL, new Set(['e']), 0)).toMatchObject({ after: null });
  });

  it('does nothing where they are already', () => {
    expect([order(['b'], 1), order(['b'], 2), order(['a', 'b'], 1)]).toEqual([undefined, undefined, undefined]);
  });
});
