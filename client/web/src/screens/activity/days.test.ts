import { describe, expect, it } from 'vitest';

import { byDay, dayOf, daysBetween } from './days';

/** A moment by the clocks of here, whichever zone the test runs in. */
const here = (year: number, month: number, day: number, hour: number): string => new Date(year, month - 1, day, hour).toISOString();

describe('what happened', () => {
  it('stands under the day that it was here', () => {
    expect(dayOf(here(2026, 3, 1, 0))).toBe('2026-03-01');
    expect(dayOf(here(2026, 3, 1, 23))).toBe('2026-03-01');
  });

  it('keeps its order within days', () => {
    const items = [here(2026, 3, 2, 9), here(2026, 3, 1, 22), here(2026, 3, 1, 7)].map(at => ({ at }));
    expect(byDay(items)).toEqual([{ day: '2026-03-02', items: [items[0]] }, { day: '2026-03-01', items: [items[1], items[2]] }]);
  });

  it('of nothing has no days', () => {
    expect(byDay([])).toEqual([]);
  });

  it('was yesterday on the other side of a month, too', () => {
    expect(daysBetween('2024-02-29', '2024-03-01')).toBe(1);
    expect(daysBetween('2026-03-01', '2026-03-01')).toBe(0);
  });
});
