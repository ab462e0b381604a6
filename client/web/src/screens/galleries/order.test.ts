import { describe, expect, it } from 'vitest';

import { moved, placeAt } from './order';

describe('the order of galleries', () => {
  it('has one moved up, down, to either end, or left where it is', () => {
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
    expect(moved(['a', 'b', 'c'], 1, 2)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b', 'c'], 1, 1)).toEqual(['a', 'b', 'c']);
  });

  it('is told by where the pointer is among the others', () => {
    expect(placeAt(5, [10, 20, 30])).toBe(0);
    expect(placeAt(25, [10, 20, 30])).toBe(2);
    expect(placeAt(99, [10, 20, 30])).toBe(3);
  });
});
