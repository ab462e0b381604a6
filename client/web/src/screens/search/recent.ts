// What was searched for on this device lately, for each person.

import { isSearchable } from './wanted';

const KEPT = 6;
const key = (person: string): string => `mantel.searches.${person}`;

/** The searches with one more. */
export function remembered(before: readonly string[], text: string): string[] {
  const now = text.trim();
  if (!isSearchable(now)) return [...before];
  return [now, ...before.filter(other => other.toLowerCase() !== now.toLowerCase())].slice(0, KEPT);
}

export function recentSearches(person: string): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key(person)) ?? '[]');
    return Array.isArray(stored) ? stored.filter(text => typeof text === 'string').slice(0, KEPT) : [];
  } catch {
    return [];
  }
}

export function rememberSearch(person: string, text: string): string[] {
  const texts = remembered(recentSearches(person), text);
  localStorage.setItem(key(person), JSON.stringify(texts));
  return texts;
}

export function forgetSearches(person: string): void {
  localStorage.removeItem(key(person));
}
