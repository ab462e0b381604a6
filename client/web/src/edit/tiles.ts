// From what a change answers to what lists show.

import type { UpdateMediaInput, UpdateMediaMutation } from '../api/generated/graphql';
import { UpdateMedia } from '../api/generated/UpdateMedia';
import { accepted, request } from '../api';
import type { Tile } from '../media/list';

type Changed = NonNullable<NonNullable<UpdateMediaMutation['updateMedia']>['media']>;

/** The tile with what changed of it. A copy, field by field: what else a list keeps with its tiles stays. */
function changedTile(tile: Tile, changed: Changed): Tile {
  const { caption, fileName, takenAt, takenAtOffsetMinutes, width, height, status, failureReason, thumbhash, dominantColor, thumbnail, updatedAt } = changed;
  return { ...tile, caption, fileName, takenAt, takenAtOffsetMinutes, width, height, status, failureReason, thumbhash, dominantColor, thumbnail, updatedAt };
}

/** Changes one, and tells what it is now. Throws `Refused`. */
export async function updateTile(tile: Tile, changes: Omit<UpdateMediaInput, 'id'>): Promise<Tile> {
  const { updateMedia } = await request(UpdateMedia, { input: { id: tile.id, ...changes } });
  const { media } = accepted(updateMedia);
  return media ? changedTile(tile, media) : tile;
}

/** What a picture is called where one must tell it from others of its day: by what somebody wrote, or its file. */
export function titleOf(tile: Pick<Tile, 'caption' | 'fileName'>): string {
  return tile.caption || tile.fileName;
}
