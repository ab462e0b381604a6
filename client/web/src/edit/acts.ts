// What is done to pictures without asking for more: turning, the trash, cover, download.

import { accepted, request } from '../api';
import { DeleteMedia } from '../api/generated/DeleteMedia';
import { Media } from '../api/generated/Media';
import { RestoreMedia } from '../api/generated/RestoreMedia';
import { UpdateGallery } from '../api/generated/UpdateGallery';
import { UpdateProfile } from '../api/generated/UpdateProfile';
import { app } from '../app.svelte';
import type { MediaList, Tile } from '../media/list';
import { t } from '../texts';
import { Told } from '../texts/mistakes';
import { tell } from '../ui/toasts.svelte';
import { forEach, inChunks, type Outcome } from './batch';
import { tellFailures } from './outcome';
import { titleOf, updateTile } from './tiles';
import { forgetTurn, showTurn } from './turning.svelte';

export type Progress = (finished: number) => void;

const FIRST_LOOK_MS = 500;
const LAST_LOOK_MS = 8000;
const PATIENCE_MS = 5 * 60_000;

/** Changes each, shows them in the list, and tells what failed. The list changes once: other dates are another order. */
export async function changeEach(tiles: readonly Tile[], list: MediaList, change: (tile: Tile) => Promise<Tile>, progress?: Progress): Promise<Outcome<Tile>> {
  const changed: Tile[] = [];
  const outcome = await forEach(tiles, async tile => changed.push(await change(tile)), progress ? { progress } : {});
  list.update(...changed);
  tellFailures(outcome.failed, titleOf);
  return outcome;
}

/** Turns pictures to the right (90) or to the left (-90). They show it at once, though their files take a while. */
export async function turn(tiles: readonly Tile[], list: MediaList, degrees: 90 | -90, progress?: Progress): Promise<void> {
  for (const tile of tiles) showTurn(tile, degrees);
  const { done, failed } = await changeEach(tiles, list, tile => updateTile(tile, { rotate: (degrees + 360) % 360 }), progress);
  for (const { item } of failed) forgetTurn(item.id);
  void untilReady(done.map(({ id }) => id), list);
}

/** Looks again, more and more seldom, until the new pictures are there. */
async function untilReady(ids: string[], list: MediaList): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  let left = ids;
  for (let wait = FIRST_LOOK_MS; left.length > 0 && Date.now() < end; wait = Math.min(wait * 1.5, LAST_LOOK_MS)) {
    await new Promise(resolve => setTimeout(resolve, wait));
    left = stillWaiting(left, list);
    // One that cannot be reached now is looked for later.
    if (left.length > 0) await list.refresh(left).catch(() => {});
    left = stillWaiting(left, list);
  }
  left.forEach(forgetTurn);
}

function stillWaiting(ids: readonly string[], list: MediaList): string[] {
  const left = ids.filter(id => list.tile(id)?.status === 'PROCESSING');
  for (const id of ids) if (!left.includes(id)) forgetTurn(id);
  return left;
}

/** Puts pictures into the trash. Admins can take that back. */
export async function trash(tiles: readonly Tile[], list: MediaList, progress?: Progress): Promise<Outcome<Tile>> {
  const outcome = await inChunks(tiles, async ids => (await request(DeleteMedia, { input: { ids, permanently: false } })).deleteMedia, progress);
  const { done, failed } = outcome;
  list.remove(done.map(({ id }) => id));
  if (done.length > 0) {
    tell(t('edit.deleted', { n: done.length }), app.isAdmin ? { label: t('common.undo'), run: () => restore(done, list) } : null);
  }
  tellFailures(failed, titleOf);
  return outcome;
}

async function restore(tiles: readonly Tile[], list: MediaList): Promise<void> {
  const { done, failed } = await inChunks(tiles, async ids => (await request(RestoreMedia, { input: { ids } })).restoreMedia);
  if (done.length > 0) await list.reload();
  if (done.length > 0) tell(t('edit.restored', { n: done.length }));
  tellFailures(failed, titleOf);
}

export async function useAsCover(tile: Tile, gallery: { id: string; title: string }): Promise<void> {
  const { updateGallery } = await request(UpdateGallery, { input: { id: gallery.id, coverMediaId: tile.id } });
  accepted(updateGallery);
  tell(t('edit.isCover', { title: gallery.title }));
}

export async function useAsPortrait(tile: Tile): Promise<void> {
  const { updateProfile } = await request(UpdateProfile, { input: { avatarMediaId: tile.id } });
  const { user } = accepted(updateProfile);
  if (user) app.user = { ...app.user, ...user };
  tell(t('edit.isPortrait'));
}

/** Downloads originals, one after the other. The server says to the browser that it is a file to keep. */
export async function download(tiles: readonly Tile[], progress?: Progress): Promise<void> {
  if (tiles.length > 1) tell(t('edit.downloading', { n: tiles.length }));
  const { failed } = await forEach(tiles, async tile => {
    const { media } = await request(Media, { id: tile.id, commentsFirst: 1 });
    if (!media?.original) throw new Told(t('edit.noOriginal'));
    await (tiles.length > 1 ? save(media.original.url, media.fileName) : follow(media.original.url));
  }, progress ? { atOnce: 1, progress } : { atOnce: 1 });
  tellFailures(failed, titleOf);
}

/** Of several links that are followed at once a browser takes the last: each file is fetched whole before the next. */
async function save(url: string, fileName: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok) throw new Told(t('edit.noOriginal'));
  const file = URL.createObjectURL(await response.blob());
  follow(file, fileName);
  // The browser reads it meanwhile.
  setTimeout(() => URL.revokeObjectURL(file), 60_000);
}

function follow(url: string, fileName = ''): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
}
