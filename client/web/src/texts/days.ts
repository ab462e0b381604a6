// How days read: what the cards of galleries need of it.

import { locale } from './index';

// Times of pictures are wall clock times of the place where they were taken: shown as such, whatever zone this is.
export const WALL = { timeZone: 'UTC' } as const;

const formats = new Map<string, Intl.DateTimeFormat>();

/** A format of dates, made once. */
export function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  let format = formats.get(key);
  if (!format) formats.set(key, format = new Intl.DateTimeFormat(locale(), options));
  return format;
}

/** From the first to the last day, as short as it can be said. Takes `2026-03-01`. */
export function days(first: string | null, last: string | null): string {
  if (first === null) return '';
  return dates({ dateStyle: 'long', ...WALL }).formatRange(new Date(first), new Date(last ?? first));
}
