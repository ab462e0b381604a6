// Likes: shown at once, and taken back where the server did not take them.

import { accepted, request } from '../api';
import { LikeMedia } from '../api/generated/LikeMedia';
import { UnlikeMedia } from '../api/generated/UnlikeMedia';
import type { MediaList } from '../media/list';
import type { Shelf } from './shelf.svelte';

interface Liking {
  likeCount: number;
  viewerHasLiked: boolean | null;
}

const under = new Set<string>();

/** Likes a picture, or no more. A second tap while the first is on its way does nothing. */
export async function toggleLike(id: string, list: MediaList, shelf: Shelf): Promise<void> {
  const now = shelf.of(id) ?? list.tile(id);
  if (!now || under.has(id)) return;
  const before: Liking = { likeCount: now.likeCount, viewerHasLiked: now.viewerHasLiked };
  const show = ({ likeCount, viewerHasLiked }: Liking): void => {
    shelf.patch(id, { likeCount, viewerHasLiked });
    const tile = list.tile(id);
    if (tile) list.update({ ...tile, likeCount, viewerHasLiked });
  };
  under.add(id);
  const liked = before.viewerHasLiked === true;
  show({ likeCount: before.likeCount + (liked ? -1 : 1), viewerHasLiked: !liked });
  try {
    const { media } = accepted(await send(id, liked));
    if (media) show(media);
  } catch (error) {
    show(before);
    throw error;
  } finally {
    under.delete(id);
  }
}

async function send(mediaId: string, liked: boolean) {
  const variables = { input: { mediaId } };
  return liked ? (await request(UnlikeMedia, variables)).unlikeMedia : (await request(LikeMedia, variables)).likeMedia;
}
