// What is in the trash, and what becomes of it.

import { request } from '../../api';
import { DeleteMedia } from '../../api/generated/DeleteMedia';
import type { TrashQuery } from '../../api/generated/graphql';
import { RestoreMedia } from '../../api/generated/RestoreMedia';
import { Trash } from '../../api/generated/Trash';
import { CHUNK, inChunks, type Outcome } from '../../edit/batch';
import type { Progress } from '../../edit/acts';

export type Trashed = NonNullable<TrashQuery['trash']>['edges'][number]['node'];

export interface Page {
  items: Trashed[];
  /** Where the next one begins; null at the end. */
  after: string | null;
}

export async function page(after: string | null, first = 60): Promise<Page> {
  const { trash } = await request(Trash, { first, after });
  const { hasNextPage = false, endCursor = null } = trash?.pageInfo ?? {};
  return { items: trash?.edges.map(edge => edge.node) ?? [], after: hasNextPage ? endCursor : null };
}

export function restore(items: readonly Trashed[], progress?: Progress): Promise<Outcome<Trashed>> {
  return inChunks(items, async ids => (await request(RestoreMedia, { input: { ids } })).restoreMedia, progress);
}

export function erase(items: readonly Trashed[], progress?: Progress): Promise<Outcome<Trashed>> {
  return inChunks(items, async ids => (await request(DeleteMedia, { input: { ids, permanently: true } })).deleteMedia, progress);
}

/** All that is there now. What comes meanwhile was not seen by whoever empties it, and stays. */
export async function everything(): Promise<Trashed[]> {
  const all: Trashed[] = [];
  let after: string | null = null;
  do {
    const next: Page = await page(after, CHUNK);
    all.push(...next.items);
    after = next.after;
  } while (after !== null);
  return all;
}
