// What was typed and is not sent yet: kept in the tab, so that neither a swipe nor a reload loses it.

import { app } from '../app.svelte';

/** A comment that the server has not taken yet. */
export interface Unsent {
  key: string;
  text: string;
  parentId: string | null;
  authorName: string | null;
}

// Somebody else may sign in in the same tab.
const keyOf = (kind: string, id: string): string => `mantel.${kind}.${app.user?.id ?? ''}.${id}`;

/** What was begun at a place: a new comment on a picture, a reply, a change. */
export const draft = (place: string): string => sessionStorage.getItem(keyOf('draft', place)) ?? '';

export function keepDraft(place: string, text: string): void {
  keep(keyOf('draft', place), text);
}

export function unsent(mediaId: string): Unsent[] {
  const text = sessionStorage.getItem(keyOf('unsent', mediaId));
  return text === null ? [] : JSON.parse(text) as Unsent[];
}

export function keepUnsent(mediaId: string, all: readonly Unsent[]): void {
  keep(keyOf('unsent', mediaId), all.length > 0 ? JSON.stringify(all) : '');
}

function keep(name: string, text: string): void {
  try {
    if (text) sessionStorage.setItem(name, text);
    else sessionStorage.removeItem(name);
  } catch {
    // The browser's room is full, or it gives none: the text is still in its field.
  }
}
