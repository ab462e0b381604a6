import { describe, expect, it, vi } from 'vitest';

// Which language one reads is of no matter here, and needs a browser.
vi.mock('../texts', () => ({ locale: () => 'en' }));

import { fromInput, shifted, shiftMinutes, toInput } from './dates';

const taken = (takenAt: string | null, takenAtOffsetMinutes: number | null = null) => ({ takenAt, takenAtOffsetMinutes });

describe('a date in a form', () => {
  it('is what the clocks of the place showed', () => {
    expect(toInput(taken('2024-05-12T12:03:00Z', 120))).toBe('2024-05-12T14:03:00');
    expect(toInput(taken('2024-05-12T01:00:00Z', -240))).toBe('2024-05-11T21:00:00');
  });

  it('is taken as it stands where the offset is not known', () => {
    expect(toInput(taken('2024-05-12T12:03:00Z'))).toBe('2024-05-12T12:03:00');
  });

  it('is empty where none is known', () => {
    expect(toInput(taken(null, 60))).toBe('');
  });

  it('comes back as the same moment', () => {
    for (const offset of [null, 0, 330, 345, -570, 840, -720]) {
      const moment = '2023-12-31T23:59:59.000Z';
      expect(fromInput(toInput(taken(moment, offset)), offset)).toBe(moment);
    }
  });

  it('may lack its seconds', () => {
    expect(fromInput('2024-05-12T14:03', 120)).toBe('2024-05-12T12:03:00.000Z');
  });

  it('knows no summer time: an hour that clocks here leave out is there', () => {
    expect(fromInput('2024-03-31T02:30', null)).toBe('2024-03-31T02:30:00.000Z');
    expect(toInput(taken('2024-03-31T02:30:00Z'))).toBe('2024-03-31T02:30:00');
  });

  it('is refused where no calendar has it', () => {
    for (const text of ['', '2024-04-31T10:00', '2023-02-29T10:00', '2024-13-01T10:00', '2024-01-01T24:00', '2024-01-01T10:60', '0050-01-01T10:00', 'soon']) {
      expect([text, fromInput(text, 0)]).toEqual([text, null]);
    }
  });

  it('may be the 29th of February of a leap year', () => {
    expect(fromInput('2024-02-29T10:00', 0)).toBe('2024-02-29T10:00:00.000Z');
    expect(fromInput('2000-02-29T10:00', 0)).toBe('2000-02-29T10:00:00.000Z');
    expect(fromInput('1900-02-29T10:00', 0)).toBeNull();
  });
});

describe('a shift', () => {
  const shift = (minutes: number, moment: string, offset: number | null = null): string => toInput(taken(shifted(taken(moment, offset), minutes), offset));

  it('adds up', () => {
    expect(shiftMinutes({ direction: 1, days: 1, hours: 2, minutes: 3 })).toBe(1563);
    expect(shiftMinutes({ direction: -1, days: 0, hours: 1, minutes: 0 })).toBe(-60);
    expect(Object.is(shiftMinutes({ direction: -1, days: 0, hours: 0, minutes: 0 }), 0)).toBe(true);
  });

  it('moves the clock of the place by as much, whatever its offset', () => {
    expect(shift(-60, '2024-05-12T12:03:00Z', 120)).toBe('2024-05-12T13:03:00');
    expect(shift(-60, '2024-05-12T12:03:00Z')).toBe('2024-05-12T11:03:00');
  });

  it('goes over the ends of months and years', () => {
    expect(shift(60, '2024-04-30T23:30:00Z')).toBe('2024-05-01T00:30:00');
    expect(shift(-60, '2024-01-01T00:15:00Z')).toBe('2023-12-31T23:15:00');
  });

  it('knows leap years', () => {
    expect(shift(24 * 60, '2024-02-28T12:00:00Z')).toBe('2024-02-29T12:00:00');
    expect(shift(24 * 60, '2023-02-28T12:00:00Z')).toBe('2023-03-01T12:00:00');
  });

  it('is not for what has no time, and stays within the years that can be written', () => {
    expect(shifted(taken(null), 60)).toBeNull();
    expect(shifted(taken('9999-12-31T23:59:00Z'), 1)).toBeNull();
  });

  it('can be taken back', () => {
    const moment = '2024-02-29T23:59:59.000Z';
    expect(shifted(taken(shifted(taken(moment), 1563)), -1563)).toBe(moment);
  });
});
