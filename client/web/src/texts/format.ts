// How dates, sizes and numbers read.

import { wallClock, type Taken } from './clock';
import { dates, WALL } from './days';
import { locale } from './index';

export { wallClock, type Taken } from './clock';
export { days } from './days';

export function takenMoment(media: Taken): string | null {
  const clock = wallClock(media);
  return clock && dates({ dateStyle: 'full', timeStyle: 'short', ...WALL }).format(clock);
}

/** The same, short: for one beside another. */
export function wallMoment(media: Taken): string | null {
  const clock = wallClock(media);
  return clock && dates({ dateStyle: 'medium', timeStyle: 'short', ...WALL }).format(clock);
}

export function takenDay(media: Taken): string | null {
  const clock = wallClock(media);
  return clock && dates({ dateStyle: 'long', ...WALL }).format(clock);
}

/** `2026-03` as "March 2026". */
export function monthName(month: string): string {
  return dates({ month: 'long', year: 'numeric', ...WALL }).format(new Date(`${month}-01`));
}

/** A moment of here and now: when something was said or done. */
export function moment(text: string): string {
  return dates({ dateStyle: 'medium', timeStyle: 'short' }).format(new Date(text));
}

export function day(text: string): string {
  return dates({ dateStyle: 'medium' }).format(new Date(text));
}

/** "3 minutes ago"; after a week the day. `now` in milliseconds. */
export function ago(text: string, now: number): string {
  const seconds = (Date.parse(text) - now) / 1000;
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  const steps: [Intl.RelativeTimeFormatUnit, number, number][] = [
    ['second', 1, 60], ['minute', 60, 3600], ['hour', 3600, 86_400], ['day', 86_400, 7 * 86_400],
  ];
  for (const [unit, length, until] of steps) {
    if (Math.abs(seconds) < until) return format.format(Math.round(seconds / length), unit);
  }
  return day(text);
}

export function bytes(count: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const power = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), units.length - 1);
  const format = new Intl.NumberFormat(locale(), { style: 'unit', unit: units[power]!, unitDisplay: 'short', maximumFractionDigits: 1 });
  return format.format(count / 1000 ** power);
}

export function number(value: number, digits = 0): string {
  return value.toLocaleString(locale(), { maximumFractionDigits: digits });
}

/** How long a film is: `0:07`, `12:30`, `1:02:03`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, at) => (at > 0 ? String(part).padStart(2, '0') : String(part))).join(':');
}

/** The words in a list: "a, b and c". */
export function list(words: string[]): string {
  return new Intl.ListFormat(locale(), { type: 'conjunction' }).format(words);
}
