import { describe, expect, it } from 'vitest';

import type { Tile } from './list';
import { SectionList, type Source } from './sections.svelte';
import { Selection } from './selection.svelte';

/** Pictures that a list may ask for, and what it asked. */
class Library implements Source {
  eager = false;
  asked: string[] = [];
  pageSize = 3;
  /** By the key of their section. */
  constructor(public pictures: Record<string, Tile[]>, private readonly isByMonth = true, public first = 0) {}

  async start(): ReturnType<Source['start']> {
    this.asked.push('start');
    const sections = Object.entries(this.pictures).map(([key, all]) => ({ key, month: this.isByMonth ? key : null, count: this.isByMonth ? all.length : null }));
    return { sections, first: Object.values(this.pictures).flat().slice(0, this.first) };
  }

  async page(key: string, after: string | null): ReturnType<Source['page']> {
    this.asked.push(`${key} ${after ?? ''}`.trim());
    const from = Number(after ?? 0);
    const all = this.pictures[key] ?? [];
    const to = from + this.pageSize;
    return { tiles: all.slice(from, to), next: to < all.length ? String(to) : null };
  }

  async one(id: string): ReturnType<Source['one']> {
    this.asked.push(`one ${id}`);
    const found = Object.entries(this.pictures).find(([, all]) => all.some(tile => tile.id === id));
    return found ? { tile: found[1].find(tile => tile.id === id)!, months: [found[0]] } : null;
  }
}

const HOUR = 3_600_000;
function picture(id: string, month = '2026-03', { expires = HOUR, signature = 'a' } = {}): Tile {
  const thumbnail = { url: `http://media/${id}?${signature}`, width: 4, height: 3, expiresAt: new Date(Date.now() + expires).toISOString() };
  return { id, takenAt: `${month}-05T10:00:00Z`, takenAtOffsetMinutes: 0, thumbnail } as Tile;
}

const some = (month: string, ...ids: string[]): Tile[] => ids.map(id => picture(id, month));
const library = (first = 0): Library => new Library({ '2026-03': some('2026-03', 'a', 'b', 'c', 'd'), '2026-02': some('2026-02', 'e'), '2026-01': some('2026-01', 'f', 'g') }, true, first);

async function opened(source: Source): Promise<SectionList> {
  const list = new SectionList(source);
  await list.reload();
  return list;
}

/** Until all that was begun has ended. */
const quiet = (): Promise<void> => new Promise(resolve => setTimeout(resolve));

describe('a list in months', () => {
  it('knows how many there are before any picture came', async () => {
    const source = library();
    expect((await opened(source)).total).toBe(7);
    expect(source.asked).toEqual(['start']);
  });

  it('loads what is wanted, page by page, and nothing else', async () => {
    const source = library();
    const list = await opened(source);
    list.want([{ key: '2026-03', count: 4 }]);
    await quiet();
    expect(source.asked).toEqual(['start', '2026-03', '2026-03 3']);
    expect(list.ids).toEqual(['a', 'b', 'c', 'd']);
  });

  it('shares out what came along at the start', async () => {
    const list = await opened(library(6));
    expect(list.sections.map(({ tiles, complete }) => [tiles.length, complete])).toEqual([[4, true], [1, true], [1, false]]);
  });

  it('steps over the borders of months, also to those that are not here', async () => {
    const list = await opened(library());
    const ids = [];
    for (let tile = await list.step('a', 1); tile; tile = await list.step(tile.id, 1)) ids.push(tile.id);
    expect(ids.join('')).toBe('bcdefg');
    expect((await list.step('e', -1))?.id).toBe('d');
    expect(await list.step('a', -1)).toBeNull();
  });

  it('steps from a picture that is not here', async () => {
    const list = await opened(library());
    expect((await list.step('e', -1))?.id).toBe('d');
    expect(list.position('e')).toBe(5);
  });

  it('finds nothing where the picture is not in it', async () => {
    const list = await opened(library());
    expect(await list.find('elsewhere')).toBeNull();
  });

  it('forgets what was removed, and does not ask for it again', async () => {
    const source = library(7);
    const list = await opened(source);
    list.remove(['b', 'e']);
    expect([list.total, list.ids.join(''), list.position('f'), list.tile('b')]).toEqual([5, 'acdfg', 4, undefined]);
    expect(list.sections.map(({ key }) => key)).toEqual(['2026-03', '2026-01']);
    source.pictures = { '2026-03': some('2026-03', 'a', 'c', 'd'), '2026-01': some('2026-01', 'f', 'g') };
    source.asked = [];
    await list.reload();
    expect(source.asked).toEqual(['start']);
  });

  it('puts what came where it belongs', async () => {
    const source = library(7);
    const list = await opened(source);
    source.pictures['2026-02']!.push(picture('new', '2026-02'));
    source.first = 0;
    await list.reload();
    expect(list.ids.join(' ')).toBe('a b c d e new f g');
  });

  it('moves a picture whose date was corrected', async () => {
    const source = library(7);
    const list = await opened(source);
    source.pictures['2026-03'] = some('2026-03', 'b', 'c', 'd');
    source.pictures['2026-01'] = some('2026-01', 'a', 'f', 'g');
    list.update(picture('a', '2026-01'));
    await list.reload();
    expect(list.ids.join('')).toBe('bcdeafg');
  });
});

describe('addresses', () => {
  it('that still hold are kept', async () => {
    const source = library(7);
    const list = await opened(source);
    list.update(picture('a', '2026-03', { signature: 'b' }));
    expect(list.tile('a')?.thumbnail?.url).toBe('http://media/a?a');
  });

  it('that have ended are replaced', async () => {
    const source = library();
    source.pictures['2026-02'] = [picture('e', '2026-02', { expires: -1 })];
    const list = await opened(source);
    await list.find('e');
    source.pictures['2026-02'] = [picture('e', '2026-02', { signature: 'b' })];
    await list.refresh(['e']);
    expect(list.tile('e')?.thumbnail?.url).toBe('http://media/e?b');
  });

  it('that were refused give way to new ones, whatever the clock of this device says', async () => {
    const source = library(7);
    const list = await opened(source);
    list.spoil('e');
    source.pictures['2026-02'] = [picture('e', '2026-02', { signature: 'b' })];
    await list.refresh(['e']);
    expect(list.tile('e')?.thumbnail?.url).toBe('http://media/e?b');
  });

  it('of many are asked for by their sections', async () => {
    const source = new Library({ '2026-03': Array.from({ length: 6 }, (_, at) => picture(`p${at}`, '2026-03', { expires: -1 })) }, true, 6);
    const list = await opened(source);
    source.asked = [];
    await list.refresh(list.ids);
    expect(source.asked).toEqual(['2026-03', '2026-03 3']);
  });
});

describe('a list without months', () => {
  const liked = (): Library => new Library({ '': some('2026-03', 'a', 'b', 'c', 'd', 'e') }, false);

  it('knows how many there are at its end', async () => {
    const list = await opened(liked());
    await list.begin();
    expect([list.total, list.position('b')]).toEqual([null, 2]);
    await list.end(1);
    expect(list.total).toBe(5);
  });

  it('finds a picture that is further down', async () => {
    const list = await opened(liked());
    expect((await list.step('e', -1))?.id).toBe('d');
  });

  it('keeps what is here where many came in before it', async () => {
    const source = liked();
    const list = await opened(source);
    await list.begin();
    expect(list.ids.join('')).toBe('abc');
    source.pictures[''] = [...some('2026-03', '1', '2', '3', '4', '5', '6', '7'), ...source.pictures['']!];
    await list.reload();
    expect(list.ids.join('')).toBe('1234567abcde');
  });

  it('has no section where there is nothing', async () => {
    const list = await opened(new Library({ '': [] }, false));
    await list.begin();
    expect(list.sections).toEqual([]);
  });

  it('loads all of it where the scrollbar is to tell the truth', async () => {
    const source = liked();
    source.eager = true;
    const list = await opened(source);
    await quiet();
    expect(list.ids.join('')).toBe('abcde');
  });
});

describe('without a connection', () => {
  it('a list keeps what is here, and goes on when it is told to', async () => {
    const source = library();
    const list = await opened(source);
    const { page } = source;
    source.page = () => Promise.reject(new Error('no answer'));
    list.want([{ key: '2026-03', count: 4 }]);
    await quiet();
    expect(list.problem).toBeInstanceOf(Error);
    source.page = page;
    list.retry();
    await quiet();
    expect([list.problem, list.ids.length]).toEqual([null, 4]);
  });
});

describe('a selection', () => {
  const picked = (selection: Selection): string => selection.tiles.map(({ id }) => id).join('');

  it('of all, or of a month, loads what is not here', async () => {
    const list = await opened(library());
    const selection = new Selection(() => list);
    selection.start();
    await selection.toggleAll('2026-03');
    expect([picked(selection), selection.hasAll('2026-03'), selection.hasAll()]).toEqual(['abcd', true, false]);
    await selection.toggleAll();
    expect([picked(selection), selection.hasAll()]).toEqual(['abcdefg', true]);
    await selection.toggleAll('2026-01');
    expect(picked(selection)).toBe('abcde');
    await selection.toggleAll();
    await selection.toggleAll();
    expect(picked(selection)).toBe('');
  });

  it('of a range holds what lies between, whichever end is clicked first', async () => {
    for (const [from, to] of [['b', 'f'], ['f', 'b']] as const) {
      const list = await opened(library());
      const selection = new Selection(() => list);
      for (const key of ['2026-03', '2026-01']) {
        list.want([{ key, count: 2 }]);
        await quiet();
      }
      selection.toggle(from);
      await selection.extend(to);
      expect(picked(selection)).toBe('bcdef');
    }
  });

  it('that ended stays so, whatever still comes', async () => {
    const list = await opened(library());
    const selection = new Selection(() => list);
    selection.start();
    const picking = selection.toggleAll();
    selection.end();
    await picking;
    expect([selection.active, selection.ids.size]).toEqual([false, 0]);
  });
});
