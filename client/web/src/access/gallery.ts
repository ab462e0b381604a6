// What admins do with a gallery as a whole.

import { accepted, Refused, request } from '../api';
import { CreateGallery } from '../api/generated/CreateGallery';
import { DeleteGallery } from '../api/generated/DeleteGallery';
import type { CreateGalleryMutation, GallerySort, Visibility } from '../api/generated/graphql';
import { UpdateGallery } from '../api/generated/UpdateGallery';
import { t } from '../texts';
import { confirm } from '../ui/confirm.svelte';

export type Gallery = NonNullable<NonNullable<CreateGalleryMutation['createGallery']>['gallery']>;

/** What one fills in of a gallery. */
export interface GalleryFields {
  title: string;
  description: string | null;
  visibility: Visibility;
  sort: GallerySort;
}

export async function saveGallery(id: string | null, fields: GalleryFields): Promise<Gallery> {
  const payload = id === null
    ? accepted((await request(CreateGallery, { input: fields })).createGallery)
    : accepted((await request(UpdateGallery, { input: { id, ...fields } })).updateGallery);
  return payload.gallery!;
}

export async function setVisibility(id: string, visibility: Visibility): Promise<void> {
  accepted((await request(UpdateGallery, { input: { id, visibility } })).updateGallery);
}

interface Deletable {
  id: string;
  title: string;
  mediaCount: number;
}

/** Asks, then deletes the gallery; its pictures go to the trash. False where it stays. */
export async function deleteGallery({ id, title, mediaCount }: Deletable): Promise<boolean> {
  const text = mediaCount > 0 ? t('gallery-form.deleteText', { n: mediaCount }) : t('gallery-form.deleteEmpty');
  if (!await sure(title, text)) return false;
  try {
    await remove(id, mediaCount > 0);
  } catch (error) {
    // It looked empty, but something is on its way into it, or could not be read.
    if (mediaCount > 0 || !(error instanceof Refused)) throw error;
    if (!await sure(title, t('gallery-form.deleteHidden'))) return false;
    await remove(id, true);
  }
  return true;
}

const sure = (title: string, text: string): Promise<boolean> =>
  confirm({ title: t('gallery-form.deleteTitle', { title }), text, yes: t('gallery-form.delete') });

async function remove(id: string, withMedia: boolean): Promise<void> {
  accepted((await request(DeleteGallery, { input: { id, withMedia } })).deleteGallery);
}
