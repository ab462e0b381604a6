// What a grid shows and a viewer walks through.

import type { GalleryQuery } from '../api/generated/graphql';

/** A photo or video as grids show it. */
export type Tile = NonNullable<NonNullable<GalleryQuery['gallery']>['media']>['edges'][number]['node'];

/** A list of media in the order in which they are shown, which may be known in parts only. */
export interface MediaList {
  /** How many there are; null where only the end of the list would tell. */
  readonly total: number | null;
  /** One of those that are here. */
  tile(id: string): Tile | undefined;
  /** Where it stands, from 1; null where that is not known. */
  position(id: string): number | null;
  /** The one after (1) or before (-1), asked for where it is not here; null at the end. */
  step(id: string, by: 1 | -1): Promise<Tile | null>;
  /** Takes what changed of some. Those that are not in the list are left out. */
  update(...tiles: Tile[]): void;
  /** Takes some out of the list. */
  remove(ids: readonly string[]): void;
  /** Asks for what has become of some: signed addresses anew, too. */
  refresh(ids: readonly string[]): Promise<void>;
  /** Asks what is in the list now: after something came back, say. What is shown stays until then. */
  reload(): Promise<void>;
}
