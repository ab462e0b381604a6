import { expect, test } from 'vitest';

import type { MediaList, Tile } from '../media/list';
import { Walk } from './walk.svelte';

/** A list of which only some is known at first. */
function listOf(ids: string[], known: number): MediaList & { asked: string[] } {
  const tiles = ids.map(id => ({ id }) as Tile);
  let here = known;
  const asked: string[] = [];
  return {
    asked,
    total: null,
    tile: (id: string) => tiles.slice(0, here).find(tile => tile.id === id),
    position: () => null,
    async step(id: string, by: 1 | -1) {
      asked.push(`${id}${by}`);
      here = Math.max(here, ids.indexOf(id) + 2);
      return tiles[ids.indexOf(id) + by] ?? null;
    },
    update() {}, remove() {}, async refresh() {}, async reload() {},
  };
}

test('the neighbours are found, also beyond what is known of the list', async () => {
  const list = listOf(['a', 'b', 'c'], 2);
  const walk = new Walk(() => list);
  walk.stand('b');
  expect([walk.before, walk.after]).toEqual([undefined, undefined]);
  await walk.look();
  expect([walk.before?.id, walk.after?.id]).toEqual(['a', 'c']);
});

test('a step asks for one neighbour only: the other was here', async () => {
  const list = listOf(['a', 'b', 'c'], 3);
  const walk = new Walk(() => list);
  walk.stand('a');
  await walk.look();
  expect(walk.before).toBeNull();
  list.asked.length = 0;
  walk.stand('b');
  expect(walk.before?.id).toBe('a');
  await walk.look();
  expect(list.asked.every(asked => asked === 'b1')).toBe(true);
});

test('an answer that comes after the next step is not taken for it', async () => {
  const list = listOf(['a', 'b', 'c', 'd'], 4);
  const walk = new Walk(() => list);
  walk.stand('b');
  const late = walk.look();
  walk.stand('d');
  await late;
  await walk.look();
  expect([walk.before?.id, walk.after]).toEqual(['c', null]);
});

test('from a picture that is gone one goes on, or back at the end', async () => {
  const list = listOf(['a', 'b', 'c'], 3);
  const walk = new Walk(() => list);
  walk.stand('b');
  await walk.look();
  expect(walk.refuge).toBe('c');
  walk.stand('c');
  await walk.look();
  expect(walk.refuge).toBe('b');
});
