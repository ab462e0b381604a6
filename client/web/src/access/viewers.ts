// Who sees something, and why.

import { request } from '../api';
import type { WhoCanSeeQuery } from '../api/generated/graphql';
import { WhoCanSee } from '../api/generated/WhoCanSee';
import { WhoCanSeeGallery } from '../api/generated/WhoCanSeeGallery';
import { t } from '../texts';
import { day } from '../texts/format';

export type Viewer = NonNullable<WhoCanSeeQuery['whoCanSee']>[number];

/** Everyone who sees a picture. */
export const viewersOfMedia = async (mediaId: string): Promise<Viewer[]> => (await request(WhoCanSee, { mediaId })).whoCanSee ?? [];

export const viewersOfGallery = async (galleryId: string): Promise<Viewer[]> =>
  (await request(WhoCanSeeGallery, { galleryId })).whoCanSeeGallery ?? [];

/** The person or the link. */
export const asIs = (viewer: Viewer): { id: string } => (viewer.user ?? viewer.shareLink)!;

/** The rule, in words. */
export function reason({ rule, level, shareLink }: Viewer): string {
  switch (rule) {
    case 'ADMIN': return t('people.becauseAdmin');
    case 'FAMILY': return t('people.becauseFamily');
    case 'ACCESS_LIST': return t('people.becauseListed', { level: level ? t(`people.${level}`) : '' });
    case 'SHARE_LINK': return shareLink?.expiresAt ? t('people.linkUntil', { day: day(shareLink.expiresAt) }) : t('people.linkForEver');
  }
}
