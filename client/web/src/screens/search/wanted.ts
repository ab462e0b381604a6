// What is searched for: as the address says it.

import { fromInput } from '../../edit/dates';

export type Kind = 'photo' | 'video';

export interface Wanted {
  text: string;
  /** The first and the last day, as `2026-03-01`. */
  from: string | null;
  to: string | null;
  kind: Kind | null;
}

export function wantedOf(query: URLSearchParams): Wanted {
  const kind = query.get('kind');
  return {
    text: query.get('q')?.trim() ?? '',
    from: dayOf(query.get('from')),
    to: dayOf(query.get('to')),
    kind: kind === 'photo' || kind === 'video' ? kind : null,
  };
}

/** The address of a search, or of a picture that it found. */
export function addressOf({ text, from, to, kind }: Wanted, mediaId: string | null = null): string {
  const query = new URLSearchParams();
  if (text) query.set('q', text);
  if (from) query.set('from', from);
  if (to) query.set('to', to);
  if (kind) query.set('kind', kind);
  const path = mediaId === null ? '/search' : `/search/${mediaId}`;
  return query.size > 0 ? `${path}?${query}` : path;
}

/** A word of two characters at least is needed: less would find almost everything. */
export const isSearchable = (text: string): boolean => /[\p{L}\p{N}]{2}/u.test(plain(text));

/** The day, if it is one of the calendar. */
export function dayOf(text: string | null): string | null {
  return text !== null && /^\d{4}-\d\d-\d\d$/.test(text) && fromInput(`${text}T00:00`, null) !== null ? text : null;
}

/** The year that the days are the first and the last of. */
export function yearOf({ from, to }: Wanted): string | null {
  const year = from?.slice(0, 4);
  return from === `${year}-01-01` && to === `${year}-12-31` ? year! : null;
}

/** A search for a place among what is found: its words are added. */
export function narrowed(text: string, place: string): string {
  const words = new Set(plain(text).split(/\s+/));
  return [text, ...place.split(/\s+/).filter(word => !words.has(plain(word)))].join(' ').trim();
}

/** The places, each once, in the order in which they come; those of which nothing is known are left out. */
export function placesOf(media: readonly { placeName: string | null }[]): string[] {
  const places = new Map<string, string>();
  for (const { placeName } of media) if (placeName && isSearchable(placeName) && !places.has(plain(placeName))) places.set(plain(placeName), placeName);
  return [...places.values()];
}

/** As words are compared: in lower case, without accents. */
function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ß', 'ss');
}

export interface Part {
  text: string;
  /** Whether it is what was searched for. */
  found: boolean;
}

const AROUND = 60;

/** The part of a text in which something was found, in pieces. */
export function snippet(text: string, wanted: string): Part[] {
  const starts = plain(wanted).split(/[^\p{L}\p{N}]+/u).filter(start => start.length > 1);
  const words = [...text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].map(({ 0: word, index }) => ({ word, index }));
  const hits = words.flatMap(({ word, index }) => {
    const start = starts.filter(one => plain(word).startsWith(one)).sort((a, b) => b.length - a.length)[0];
    return start === undefined ? [] : [{ index, length: lengthOf(word, start) }];
  });
  const from = Math.max(0, (hits[0]?.index ?? 0) - AROUND);
  const begin = from === 0 ? 0 : words.find(({ index }) => index >= from)?.index ?? from;
  const parts: Part[] = begin > 0 ? [{ text: '…', found: false }] : [];
  let at = begin;
  for (const { index, length } of hits) {
    if (index < at) continue;
    if (index > at) parts.push({ text: text.slice(at, index), found: false });
    parts.push({ text: text.slice(index, index + length), found: true });
    at = index + length;
  }
  if (at < text.length) parts.push({ text: text.slice(at), found: false });
  return parts;
}

/** How many characters of a word its plain beginning covers: an accent may be a character of its own. */
function lengthOf(word: string, start: string): number {
  for (let length = 1; length <= word.length; length++) {
    if (plain(word.slice(0, length)).length >= start.length && !/^\p{M}/u.test(word.slice(length))) return length;
  }
  return word.length;
}
