import { t } from '../texts';
import { takenDay } from '../texts/format';
import type { Tile } from './list';

/** What there is to see, for those who do not: what somebody wrote, or else when it was. */
export function nameOf(tile: Tile): string {
  if (tile.caption) return tile.caption;
  const day = takenDay(tile);
  const isVideo = tile.__typename === 'Video';
  if (day === null) return tile.fileName;
  return isVideo ? t('gallery.videoOf', { day }) : t('gallery.photoOf', { day });
}
