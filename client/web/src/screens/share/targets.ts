// The galleries to which one may add.

import { request } from '../../api';
import { Galleries } from '../../api/generated/Galleries';
import { Gallery } from '../../api/generated/Gallery';
import type { GalleriesQuery } from '../../api/generated/graphql';

export type Target = NonNullable<GalleriesQuery['galleries']>['edges'][number]['node'];

/** Galleries that are asked for at the same time. */
const LANES = 4;

export async function targets(isAdmin: boolean): Promise<Target[]> {
  const all: Target[] = [];
  let after: string | null = null;
  do {
    const { galleries }: GalleriesQuery = await request(Galleries, { first: 100, after });
    all.push(...(galleries?.edges.map(edge => edge.node) ?? []));
    after = galleries?.pageInfo.hasNextPage ? galleries.pageInfo.endCursor : null;
  } while (after !== null);
  return isAdmin ? all : openTo(all);
}

/** The list does not say it: whether one may add to a gallery is asked of each. */
async function openTo(galleries: readonly Target[]): Promise<Target[]> {
  const may = new Set<string>();
  const left = [...galleries];
  await Promise.all(Array.from({ length: LANES }, async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const { gallery } = await request(Gallery, { id: next.id, first: 1 });
      if (gallery?.viewerCan?.upload) may.add(next.id);
    }
  }));
  return galleries.filter(({ id }) => may.has(id));
}
