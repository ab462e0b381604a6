import { describe, expect, it } from 'vitest';

import { Meter } from './meter';
import { pauseMs } from './retry';
import { Slots } from './slots';

describe('pauses', () => {
  it('double up to a minute, and chance takes up to half', () => {
    expect([1, 2, 3, 6, 7, 20].map(failures => pauseMs(failures, 1))).toEqual([1000, 2000, 4000, 32_000, 60_000, 60_000]);
    expect(pauseMs(3, 0)).toBe(2000);
  });
});

describe('slots', () => {
  it('are taken in order, and are free again after a failure', async () => {
    const slots = new Slots(1);
    const order: number[] = [];
    const act = (number: number) => slots.use(async () => {
      await Promise.resolve();
      order.push(number);
      if (number === 1) throw new Error('one');
    }).catch(() => {});
    await Promise.all([act(1), act(2), act(3)]);
    expect(order).toEqual([1, 2, 3]);
  });
});

describe('the meter', () => {
  it('tells the speed of the last seconds', () => {
    const meter = new Meter(10_000);
    meter.note(0, 0);
    expect(meter.speed).toBe(0);
    meter.note(1000, 500);
    expect(meter.speed).toBe(500);
    for (let second = 2; second <= 30; second++) meter.note(second * 1000, 500 + (second - 1) * 2000);
    expect(meter.speed).toBe(2000);
  });
});
