// What a tile says of its picture.

import { wallClock } from '../texts/clock';
import { USUAL_RATIO } from './layout';
import type { Tile } from './list';

export function ratioOf({ width, height }: Tile): number {
  return width && height ? width / height : USUAL_RATIO;
}

/** The month of the place where it was taken: `2026-03`. */
export function monthOf(tile: Tile): string | null {
  return wallClock(tile)?.toISOString().slice(0, 7) ?? null;
}

// A picture that is asked for now must still be there when the request arrives.
const SOON_MS = 60_000;

export function isExpired({ thumbnail }: Tile, now: number): boolean {
  return thumbnail !== null && Date.parse(thumbnail.expiresAt) - SOON_MS < now;
}

/** Whether it will look different in a while without anybody doing anything. */
export const isUnderWay = ({ status }: Tile): boolean => status === 'PROCESSING' || status === 'UPLOADING';

/** What moves in it: a video, or the film of a moving photo; null where nothing does. */
export function filmOf(tile: Tile): { seconds: number | null; moving: boolean } | null {
  if (tile.__typename === 'Video') return { seconds: tile.durationSeconds, moving: false };
  return tile.hasFilm ? { seconds: null, moving: true } : null;
}
