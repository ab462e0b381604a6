import { describe, expect, it } from 'vitest';

import { ApiError } from '../api/errors';
import { Bench, fileOf, GALLERY } from './fakes';
import { NotPrepared, NotTaken } from './problems';
import { MAX_TRIES } from './retry';
import { SHOWN_ROWS, viewOf } from './view';

describe('uploads', () => {
  it('are done only when the server has prepared them', async () => {
    const bench = new Bench();
    bench.server.prepared = 'PROCESSING';
    bench.queue.add([fileOf('a.jpg', 5)], GALLERY);
    await bench.until(() => bench.world.pauses.length > 5);
    expect(bench.states()).toEqual(['preparing']);
    expect(bench.arrived).toEqual(['med_a.jpg-5']);
    bench.server.prepared = 'READY';
    await bench.until(bench.settled);
    expect(bench.states()).toEqual(['done']);
    // Whoever shows the gallery hears when it is there, and when there is a picture of it.
    expect(bench.arrived).toEqual(['med_a.jpg-5', 'med_a.jpg-5']);
    expect(bench.kept.size).toBe(0);
  });

  it('say what the server could not make a picture of', async () => {
    const bench = new Bench();
    bench.server.prepared = 'FAILED';
    bench.queue.add([fileOf('a.jpg', 5)], GALLERY);
    await bench.until(bench.settled);
    expect(bench.queue.items[0]).toMatchObject({ state: 'failed', problem: new NotPrepared('The picture is damaged.') });
  });

  it('send at most three parts at once, of all files together', async () => {
    const bench = new Bench();
    bench.queue.add([fileOf('a.mp4', 95, 'video/mp4'), fileOf('b.mp4', 95, 'video/mp4'), fileOf('c.jpg', 5), fileOf('d.jpg', 6)], GALLERY);
    await bench.until(bench.settled);
    expect(bench.states()).toEqual(['done', 'done', 'done', 'done']);
    expect(bench.server.most).toBe(3);
    expect(bench.server.puts).toBe(22);
  });

  it('ask for more parts until a large file is whole', async () => {
    const bench = new Bench();
    bench.server.perTicket = 4;
    bench.queue.add([fileOf('a.mp4', 95, 'video/mp4')], GALLERY);
    await bench.until(bench.settled);
    expect(bench.server.puts).toBe(10);
    expect(bench.server.announced).toHaveLength(4);
    expect(bench.queue.bytesSent).toBe(95);
  });

  it('try again after faults that pass, each time after a longer pause', async () => {
    const bench = new Bench();
    bench.server.faults = [503, 0, 429, 500];
    bench.queue.add([fileOf('a.jpg', 5)], GALLERY);
    await bench.until(() => bench.arrived.length === 1);
    expect(bench.world.pauses.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
  });

  it('give up in the end, and can be tried again', async () => {
    const bench = new Bench();
    bench.server.faults = Array.from({ length: MAX_TRIES }, () => 503);
    bench.queue.add([fileOf('a.jpg', 5)], GALLERY);
    await bench.until(bench.settled);
    expect(bench.states()).toEqual(['failed']);
    expect(bench.kept.size).toBe(1);
    bench.queue.retryAll();
    await bench.until(bench.settled);
    expect(bench.states()).toEqual(['done']);
    expect(bench.hashed).toEqual(['a.jpg']);
  });

  it('try a failed file again that is chosen again, in the same row', async () => {
    const bench = new Bench();
    bench.server.faults = [200, 402];
    bench.queue.add([fileOf('a.jpg', 5), fileOf('b.jpg', 5), fileOf('c.pdf', 5, 'application/pdf')], GALLERY);
    await bench.until(bench.settled);
    expect(bench.states()).toEqual(['done', 'failed', 'failed']);
    bench.queue.add([fileOf('b.jpg', 5), fileOf('c.pdf', 5, 'application/pdf')], GALLERY);
    await bench.until(bench.settled);
    expect(bench.states()).toEqual(['done', 'done', 'failed']);
  });

  it('send a file again that could not be prepared, when it is chosen again', async () => {
    const bench = new Bench();
    bench.server.prepared = 'FAILED';
    bench.queue.add([fileOf('a.jpg', 5)], GALLERY);
    await bench.until(bench.settled);
    bench.server.media.clear();
    bench.server.parts.clear();
    bench.server.prepared = 'READY';
    bench.queue.add([fileOf('a.jpg', 5)], GALLERY);
    await bench.until(bench.settled);
    expect(bench.states()).toEqual(['done']);
    expect(bench.server.puts).toBe(2);
  });

  it('wait for a connection for as long as it takes', async () => {
    const bench = new Bench();
    bench.world.online = false;
    bench.server.faults = Array.from({ length: 20 }, () => 0);
    bench.queue.add([fileOf('a.jpg', 5)], GALLERY);
    for (let round = 0; round < 20; round++) {
      const before = bench.server.puts;
      bench.world.comeOnline();
      bench.world.online = false;
      await bench.until(() => bench.server.puts > before);
    }
    bench.world.comeOnline();
    await bench.until(bench.settled);
    expect(bench.states()).toEqual(['done']);
  });

  it('ask for a new address when one has expired', async () => {
    const bench = new Bench();
    bench.server.faults = [200, 403];
    bench.server.parts.set('med_a.mp4-35', new Map([[0, 10]]));
    bench.queue.add([fileOf('a.mp4', 35, 'video/mp4')], GALLERY);
    await bench.until(bench.settled);
    expect(bench.states()).toEqual(['done']);
    expect(bench.world.pauses).toEqual([1000]);
  });

  it('do not ask for new addresses for ever', async () => {
    const bench = new Bench();
    bench.server.faults = Array.from({ length: 50 }, () => 403);
    bench.queue.add([fileOf('a.jpg', 5)], GALLERY);
    await bench.until(bench.settled);
    expect(bench.queue.items[0]).toMatchObject({ state: 'failed', problem: new NotTaken(403) });
    expect(bench.server.puts).toBe(3);
  });

  it('take 412 as arrived: the answer to an earlier try got lost', async () => {
    const bench = new Bench();
    bench.server.faults = [0, 412];
    bench.queue.add([fileOf('a.jpg', 5)], GALLERY);
    await bench.until(bench.settled);
    expect(bench.states()).toEqual(['done']);
  });

  it('name what is there already, and say so where it is in the trash', async () => {
    const bench = new Bench();
    bench.server.media.set('med_a.jpg-5', { id: 'med_a.jpg-5', status: 'READY' });
    bench.server.media.set('med_b.jpg-5', { id: 'med_b.jpg-5', status: 'TRASHED' });
    bench.queue.add([fileOf('a.jpg', 5), fileOf('b.jpg', 5)], GALLERY);
    await bench.until(bench.settled);
    expect(bench.queue.items.map(({ duplicate }) => duplicate)).toEqual([{ id: 'med_a.jpg-5', trashed: false }, { id: 'med_b.jpg-5', trashed: true }]);
    expect(bench.arrived).toEqual([]);
  });

  it('refuse other kinds of files and empty ones before they are read', async () => {
    const bench = new Bench();
    bench.queue.add([fileOf('a.pdf', 5, 'application/pdf'), fileOf('b.jpg', 0), fileOf('c.HEIC', 5, ''), fileOf('d.svg', 5, 'image/svg+xml')], GALLERY);
    await bench.until(bench.settled);
    expect(bench.states()).toEqual(['failed', 'failed', 'done', 'failed']);
    expect(bench.hashed).toEqual(['c.HEIC']);
    expect(bench.server.announced.map(({ contentType }) => contentType)).toEqual(['image/heic']);
  });

  it('announce when the file was last changed, by the clock on the wall', async () => {
    const bench = new Bench();
    bench.queue.add([fileOf('a.jpg', 5, 'image/jpeg', Date.UTC(2020, 1, 2, 3))], GALLERY);
    await bench.until(bench.settled);
    expect(bench.server.announced[0]!.fileModifiedAt).toBe('2020-02-02T04:00:00.000Z');
  });

  it('go on after a reload, and send missing parts alone', async () => {
    const before = new Bench();
    before.server.hold = new Promise(() => {});
    before.queue.add([fileOf('a.mp4', 45, 'video/mp4'), fileOf('b.jpg', 5)], GALLERY);
    await before.until(() => before.server.running === 3);
    const left = [...before.kept.values()];
    expect(left.map(({ name }) => name)).toEqual(['a.mp4', 'b.jpg']);

    const after = new Bench();
    after.server.parts.set('med_a.mp4-45', new Map([[0, 10], [10, 10], [20, 10]]));
    after.queue.restore([{ kept: left[0]!, file: null }, { kept: left[1]!, file: fileOf('b.jpg', 5) }]);
    await after.until(() => after.states().join() === 'missing,done');
    expect(after.queue.choose([fileOf('other.jpg', 7), fileOf('a.mp4', 45, 'video/mp4')])).toBe(1);
    await after.until(after.settled);
    expect(after.server.puts).toBe(3);
    // What was hashed by the page before is not hashed again.
    expect(after.hashed).toEqual([]);
  });

  it('see that an earlier page had brought it to its end', async () => {
    const bench = new Bench();
    bench.server.media.set('med_a.jpg-5', { id: 'med_a.jpg-5', status: 'READY' });
    const kept = { id: 'x', gallery: GALLERY, name: 'a.jpg', type: 'image/jpeg', size: 5, lastModified: 1000, addedAt: 0, sha256: null, mediaId: 'med_a.jpg-5' };
    bench.queue.restore([{ kept, file: fileOf('a.jpg', 5) }]);
    await bench.until(bench.settled);
    expect(bench.states()).toEqual(['done']);
  });

  it('stop when they are cancelled, and tell the server', async () => {
    const bench = new Bench();
    bench.server.hold = new Promise(() => {});
    bench.queue.add([fileOf('a.jpg', 5), fileOf('b.jpg', 5)], GALLERY);
    await bench.until(() => bench.server.running === 2);
    bench.queue.cancel(bench.queue.items[0]!);
    await bench.until(() => bench.server.running === 1);
    expect(bench.server.cancelled).toEqual(['med_a.jpg-5']);
    expect([...bench.kept.values()].map(({ name }) => name)).toEqual(['b.jpg']);
  });

  it('stop at once when somebody signs out, and send nothing more', async () => {
    const bench = new Bench();
    bench.server.hold = new Promise(() => {});
    bench.queue.add(Array.from({ length: 10 }, (_, at) => fileOf(`${at}.jpg`, 5)), GALLERY);
    await bench.until(() => bench.server.running === 3);
    bench.queue.stop();
    await bench.until(() => bench.server.running === 0);
    expect(bench.queue.items).toEqual([]);
    expect(bench.server.puts).toBe(3);
    // What was sent stays, for the same person to go on with.
    expect(bench.server.cancelled).toEqual([]);
  });

  it('take the same file once while it is on its way', async () => {
    const bench = new Bench();
    bench.queue.add([fileOf('a.jpg', 5), fileOf('a.jpg', 5)], GALLERY);
    bench.queue.add([fileOf('a.jpg', 5)], GALLERY);
    expect(bench.queue.items).toHaveLength(1);
    await bench.until(bench.settled);
  });

  it('do not try again what the server refuses for good', async () => {
    const bench = new Bench();
    bench.server.api.announce = async () => { throw new ApiError('FORBIDDEN', 'no'); };
    bench.queue.add([fileOf('a.jpg', 5)], GALLERY);
    await bench.until(bench.settled);
    expect(bench.states()).toEqual(['failed']);
    expect(bench.world.pauses).toEqual([]);
  });

  it('of a thousand files arrive, and show as a few rows', async () => {
    const bench = new Bench();
    bench.queue.add(Array.from({ length: 1000 }, (_, at) => fileOf(`${at}.jpg`, 5)), GALLERY);
    const view = viewOf(bench.queue.items);
    expect(view).toMatchObject({ total: 1000, arrived: 0, bytesLeft: 5000 });
    expect(view.rows).toHaveLength(SHOWN_ROWS);
    await bench.until(bench.settled);
    expect(new Set(bench.arrived).size).toBe(1000);
  });
});
