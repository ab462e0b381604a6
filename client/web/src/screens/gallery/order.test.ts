import { describe, expect, it } from 'vitest';

import { moved } from './order';

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
