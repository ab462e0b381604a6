import { describe, expect, it, vi } from 'vitest';

vi.mock('../api', () => import('../api/errors'));

import { ApiError, Refused } from '../api/errors';
import { CHUNK, forEach, inChunks, isForbidden } from './batch';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
const things = (count: number): { id: string }[] => numbers(count).map(at => ({ id: `m${at}` }));

describe('doing something to each', () => {
  it('goes on after a failure, and says what failed', async () => {
    const { done, failed } = await forEach(numbers(5), async n => { if (n === 2) throw new Error('no'); });
    expect(done.toSorted()).toEqual([0, 1, 3, 4]);
    expect(failed.map(({ item }) => item)).toEqual([2]);
  });

  it('does three at a time', async () => {
    let now = 0;
    let most = 0;
    await forEach(numbers(20), async () => {
      most = Math.max(most, ++now);
      await new Promise(resolve => setTimeout(resolve));
      now--;
    });
    expect(most).toBe(3);
  });

  it('counts up to the last one', async () => {
    const counts: number[] = [];
    await forEach(numbers(4), async n => { if (n % 2) throw new Error('no'); }, { progress: n => counts.push(n) });
    expect(counts).toEqual([1, 2, 3, 4]);
  });

  it('tries no more where nobody answers, and loses none', async () => {
    let tried = 0;
    const { done, failed } = await forEach(numbers(50), async () => {
      tried++;
      throw new ApiError('OFFLINE', 'no answer');
    });
    expect(tried).toBeLessThanOrEqual(3);
    expect([done.length, failed.length]).toEqual([0, 50]);
  });

  it('of none is done at once', async () => {
    expect(await forEach([], async () => {})).toEqual({ done: [], failed: [] });
  });
});

describe('deleting in chunks', () => {
  it('names at most a hundred in a request', async () => {
    const sizes: number[] = [];
    const { done } = await inChunks(things(2 * CHUNK + 1), async ids => {
      sizes.push(ids.length);
      return { mediaIds: ids, userErrors: [] };
    });
    expect(sizes).toEqual([CHUNK, CHUNK, 1]);
    expect(done).toHaveLength(2 * CHUNK + 1);
  });

  it('knows what was wrong with which', async () => {
    const { done, failed } = await inChunks(things(3), async ids => ({
      mediaIds: [ids[0]!, ids[2]!],
      userErrors: [{ code: 'FORBIDDEN', message: 'Not yours.', path: ['input', 'ids', '1'] }],
    }));
    expect(done.map(({ id }) => id)).toEqual(['m0', 'm2']);
    expect(failed.map(({ item, error }) => [item.id, isForbidden(error)])).toEqual([['m1', true]]);
  });

  it('does not lose those of a request that failed', async () => {
    let request = 0;
    const { done, failed } = await inChunks(things(CHUNK + 5), async ids => {
      if (request++ === 0) throw new ApiError('INTERNAL', 'broken');
      return { mediaIds: ids, userErrors: [] };
    });
    expect([done.length, failed.length]).toEqual([5, CHUNK]);
  });

  it('takes a mistake without a position for one about all', async () => {
    const { failed } = await inChunks(things(2), async () => ({ mediaIds: [], userErrors: [{ code: 'TOO_MANY', message: 'Too many.', path: ['input', 'ids'] }] }));
    expect(failed.map(({ error }) => (error as Refused).mistakes[0]?.code)).toEqual(['TOO_MANY', 'TOO_MANY']);
  });
});
