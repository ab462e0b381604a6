import { afterEach, beforeEach, expect, test, vi } from 'vitest';

// What notes the reach of the server needs a browser; here it is only seen what is noted.
const connection = vi.hoisted(() => ({ reach: 'online', get online(): boolean { return this.reach === 'online'; } }));
vi.mock('../offline/connection.svelte', () => ({ connection }));
vi.mock('./config', () => ({ config: async () => ({ graphql: '/graphql' }) }));

const page = { hidden: false };
const ANSWER = (): Response => new Response('{"data":{"__typename":"Query"}}');
const PROXY = (): Response => new Response('{"message":"Service Unavailable"}', { status: 503 });
let answers: (() => Response)[];
let asked: number;
let send: typeof import('./http').send;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  answers = [];
  asked = 0;
  connection.reach = 'online';
  page.hidden = false;
  vi.stubGlobal('document', page);
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('fetch', async () => {
    asked += 1;
    return (answers.shift() ?? ANSWER)();
  });
  ({ send } = await import('./http'));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const unreachable = (): Response => { throw new TypeError('failed to fetch'); };
const code = (): Promise<unknown> => send('{ a }', {}, null).then(() => 'answered', error => (error as { code: string }).code);

test('no answer is no connection; one that is not Mantel’s, a problem of the server', async () => {
  answers = [unreachable, PROXY, () => new Response('<h1>Bad gateway</h1>', { status: 502 })];
  expect([await code(), connection.reach]).toEqual(['OFFLINE', 'offline']);
  expect([await code(), connection.reach]).toEqual(['TROUBLE', 'trouble']);
  expect([await code(), connection.reach]).toEqual(['TROUBLE', 'trouble']);
});

test('what Mantel itself says of a fault is its answer', async () => {
  answers = [() => new Response('{"errors":[{"message":"busy","extensions":{"code":"UNAVAILABLE"}}]}', { status: 503 })];
  expect([await code(), connection.reach]).toEqual(['answered', 'online']);
});

test('it is asked again by itself, more and more seldom, until Mantel answers', async () => {
  answers = [PROXY, PROXY, PROXY];
  await code();
  await vi.advanceTimersByTimeAsync(2000);
  expect(asked).toBe(2);
  await vi.advanceTimersByTimeAsync(3999);
  expect(asked).toBe(2);
  await vi.advanceTimersByTimeAsync(1);
  expect([asked, connection.reach]).toEqual([3, 'trouble']);
  await vi.advanceTimersByTimeAsync(8000);
  expect([asked, connection.reach]).toEqual([4, 'online']);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked).toBe(4);
});

test('what fails again at once is asked for after longer pauses; after a while they are short again', async () => {
  answers = [PROXY];
  await code();
  await vi.advanceTimersByTimeAsync(2000);
  expect(connection.reach).toBe('online');
  answers = [PROXY];
  await code();
  await vi.advanceTimersByTimeAsync(3999);
  expect(connection.reach).toBe('trouble');
  await vi.advanceTimersByTimeAsync(1);
  expect(connection.reach).toBe('online');
  await vi.advanceTimersByTimeAsync(60_000);
  answers = [PROXY];
  await code();
  await vi.advanceTimersByTimeAsync(2000);
  expect(connection.reach).toBe('online');
});

test('a page that nobody sees asks for nothing', async () => {
  answers = [PROXY];
  page.hidden = true;
  await code();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked).toBe(1);
  page.hidden = false;
  await vi.advanceTimersByTimeAsync(2000);
  expect([asked, connection.reach]).toEqual([2, 'online']);
});
