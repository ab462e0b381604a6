// Share links: what admins do with them.

import { accepted, request } from '../api';
import { CreateShareLink } from '../api/generated/CreateShareLink';
import type { CreateShareLinkInput, ShareLinksQuery, Visibility } from '../api/generated/graphql';
import { RevokeShareLink } from '../api/generated/RevokeShareLink';
import { ShareLinks } from '../api/generated/ShareLinks';

export type Link = NonNullable<NonNullable<ShareLinksQuery['gallery']>['shareLinks']>[number];

/** What a link opens, as far as one needs to know for sharing it. */
export interface Shared {
  visibility: Visibility;
  links: Link[];
}

/** A link that was just made: its address is never told again. */
export interface MadeLink {
  url: string;
  label: string | null;
}

/** The links of a gallery; null where there is no such gallery. */
export async function linksOf(galleryId: string): Promise<Shared | null> {
  const { gallery } = await request(ShareLinks, { id: galleryId });
  return gallery && { visibility: gallery.visibility, links: gallery.shareLinks ?? [] };
}

// The API tells the links of one gallery at a time.
const AT_ONCE = 4;

/** The links of each of these galleries, in their order. */
export async function linksOfAll<Of extends { id: string }>(galleries: readonly Of[]): Promise<{ gallery: Of; links: Link[] }[]> {
  const found = galleries.map(gallery => ({ gallery, links: [] as Link[] }));
  let next = 0;
  const work = async (): Promise<void> => {
    for (let group = found[next++]; group; group = found[next++]) group.links = (await linksOf(group.gallery.id))?.links ?? [];
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

export async function makeLink(input: CreateShareLinkInput): Promise<MadeLink> {
  const { shareLink } = accepted((await request(CreateShareLink, { input })).createShareLink);
  return { url: shareLink!.url!, label: shareLink!.label };
}

export async function revoke(id: string): Promise<void> {
  accepted((await request(RevokeShareLink, { input: { id } })).revokeShareLink);
}

export function isOpen({ revokedAt, expiresAt }: Pick<Link, 'revokedAt' | 'expiresAt'>, now: number): boolean {
  return revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > now);
}
