// Pictures that were turned, until their new files are there: what shows them turns the old ones.

import type { Tile } from '../media/list';

interface Turn {
  degrees: number;
  /** The file that is turned; a new one needs no turning. */
  file: string | null;
}

let turns: ReadonlyMap<string, Turn> = $state.raw(new Map());

/** Without what is signed: addresses of the same file differ in it. */
const fileOf = ({ thumbnail }: Pick<Tile, 'thumbnail'>): string | null => thumbnail?.url.split('?', 1)[0] ?? null;

/** How far to turn what is shown of it, clockwise, in degrees. */
export function turnOf(tile: Pick<Tile, 'id' | 'thumbnail'>): number {
  const turn = turns.get(tile.id);
  return turn && turn.file === fileOf(tile) ? turn.degrees : 0;
}

/** Turns it by less than half around, so that it moves the way that was asked for. */
export function showTurn(tile: Tile, degrees: 90 | -90): void {
  turns = new Map(turns).set(tile.id, { degrees: turnOf(tile) + degrees, file: fileOf(tile) });
}

export function forgetTurn(id: string): void {
  if (turns.has(id)) turns = new Map([...turns].filter(([other]) => other !== id));
}
