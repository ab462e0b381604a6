// When a picture was taken, as forms show and change it: by the clocks of the place, whatever zone the device is in.

import { wallClock, type Taken } from '../texts/format';

const TEXT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?$/;
const MINUTE_MS = 60_000;

/** For `<input type="datetime-local">`; empty where the time is not known. */
export function toInput(media: Taken): string {
  const clock = wallClock(media);
  const text = clock?.toISOString().slice(0, 19) ?? '';
  return TEXT.test(text) ? text : '';
}

/** The moment at which the clocks of the place showed this; null where no clock ever does. */
export function fromInput(text: string, offsetMinutes: number | null): string | null {
  const match = TEXT.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map(part => Number(part ?? 0)) as [number, number, number, number, number, number];
  const clock = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // Years below 100 would be taken for those of the last century, the 31st of April for the 1st of May.
  if (clock.getUTCFullYear() !== year || clock.getUTCMonth() !== month - 1 || clock.getUTCDate() !== day) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  return new Date(clock.getTime() - (offsetMinutes ?? 0) * MINUTE_MS).toISOString();
}

/** How far a clock was wrong. */
export interface Shift {
  /** 1 where the right time is later, -1 where it is earlier. */
  direction: 1 | -1;
  days: number;
  hours: number;
  minutes: number;
}

export function shiftMinutes({ direction, days, hours, minutes }: Shift): number {
  return direction * ((days * 24 + hours) * 60 + minutes) || 0;
}

/** The same time, moved; null where it is not known, or not in the years that can be written. */
export function shifted({ takenAt }: Taken, minutes: number): string | null {
  if (takenAt === null) return null;
  const moved = new Date(Date.parse(takenAt) + minutes * MINUTE_MS);
  const year = moved.getUTCFullYear();
  return year >= 1 && year <= 9999 ? moved.toISOString() : null;
}

