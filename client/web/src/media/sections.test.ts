import { describe, expect, it, vi } from 'vitest';

import type { Tile } from './list';
import { SectionList, type Source } from './sections.svelte';

// Words want a browser that says which language they are in; none are wanted here.
vi.mock('../texts', () => ({}));
vi.mock('../texts/format', () => ({ wallClock: () => null }));

const tile = (signed: string): Tile => ({
  __typename: 'Photo', id: 'a', takenAt: '2024-05-01T12:00:00Z', updatedAt: '2024-05-01T12:00:00Z',
  thumbnail: { url: `https://files/a?${signed}`, width: 3, height: 2, expiresAt: new Date(Date.now() + 3_600_000).toISOString() },
}) as Tile;

/** A list of one picture, whose address is signed anew whenever it is asked for. */
async function listOfOne(): Promise<SectionList> {
  let asked = 0;
  const source: Source = {
    eager: false,
    start: async () => ({ sections: [{ key: '2024-05', month: '2024-05', count: 1 }], first: [tile('0')] }),
    page: async () => ({ tiles: [tile(String(++asked))], next: null }),
    one: async () => ({ tile: tile(String(++asked)), months: ['2024-05'] }),
  };
  const list = new SectionList(source);
  await list.reload();
  return list;
}

const address = (list: SectionList): string | undefined => list.tile('a')?.thumbnail?.url;

describe('addresses of pictures', () => {
  it('stay while they hold, as the browser has what they lead to', async () => {
    const list = await listOfOne();
    const before = address(list);
    await list.refresh(['a']);
    expect(address(list)).toBe(before);
  });

  it('give way to new ones once they were refused, whatever the clock of this device says', async () => {
    const list = await listOfOne();
    const before = address(list);
    list.spoil('a');
    expect(address(list)).toBe(before);
    await list.refresh(['a']);
    expect(address(list)).not.toBe(before);
  });
});
