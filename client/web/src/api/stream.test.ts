import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { Operation } from './operation';

// The stream's own way with connections is tested here: what it stands on is given.
const access = vi.hoisted(() => vi.fn<(used: string | null) => Promise<string>>());
vi.mock('./session', () => ({ access }));
vi.mock('./config', () => ({ config: async () => ({ stream: '/stream' }) }));

const OPERATION = 'subscription S { s }' as unknown as Operation<{ s: number }, { id: string }>;
const page = Object.assign(new EventTarget(), { hidden: false });
const encoder = new TextEncoder();
let connections: { headers: Record<string, string>; say: (text: string) => void; end: () => void; signal: AbortSignal }[];
let answers: number[];
let variables: { id: string };
let stops: (() => void)[];
let subscribe: typeof import('./stream').subscribe;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  connections = [];
  answers = [];
  stops = [];
  variables = { id: 'a' };
  page.hidden = false;
  access.mockReset().mockImplementation(async used => (used === null ? 'first' : 'second'));
  vi.stubGlobal('document', page);
  vi.stubGlobal('fetch', async (_address: string, { headers, signal }: { headers: Record<string, string>; signal: AbortSignal }) => {
    signal.throwIfAborted();
    let controller!: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({ start(given) { controller = given; } });
    signal.addEventListener('abort', () => { try { controller.error(new Error('aborted')); } catch { /* it ended before */ } });
    connections.push({ headers, signal, say: text => controller.enqueue(encoder.encode(text)), end: () => controller.close() });
    return new Response(body, { status: answers.shift() ?? 200 });
  });
  const stream = await import('./stream');
  subscribe = (...given) => {
    const stop = stream.subscribe(...given);
    stops.push(stop);
    return stop;
  };
});

afterEach(async () => {
  for (const stop of stops) stop();
  await soon();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const soon = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const next = (s: number): string => `event: next\ndata: {"data":{"s":${s}}}\n\n`;

function show(hidden: boolean): void {
  page.hidden = hidden;
  page.dispatchEvent(new Event('visibilitychange'));
}

test('what comes is heard, until one stops', async () => {
  const heard: number[] = [];
  const stop = subscribe(OPERATION, variables, ({ s }) => heard.push(s));
  await soon();
  expect(connections[0]?.headers['authorization']).toBe('Bearer first');
  connections[0]?.say(next(1) + next(2));
  await soon();
  expect(heard).toEqual([1, 2]);
  stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(connections[0]?.signal.aborted).toBe(true);
  expect(connections).toHaveLength(1);
});

test('a broken connection is made again after one second, then two, until it holds', async () => {
  const missed = vi.fn();
  answers = [502, 502, 200];
  subscribe(OPERATION, variables, () => {}, missed);
  await soon();
  expect(connections).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(999);
  expect(connections).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(connections).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(2000);
  expect(connections).toHaveLength(3);
  expect(missed).not.toHaveBeenCalled();
  connections[2]?.end();
  await vi.advanceTimersByTimeAsync(1000);
  expect(connections).toHaveLength(4);
  expect(missed).toHaveBeenCalledOnce();
});

test('the pauses grow to a minute and no further', async () => {
  answers = Array<number>(30).fill(503);
  subscribe(OPERATION, variables, () => {});
  await vi.advanceTimersByTimeAsync(63_000);
  expect(connections).toHaveLength(7);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(connections).toHaveLength(9);
});

test('a token that ran out is renewed', async () => {
  answers = [401];
  subscribe(OPERATION, variables, () => {});
  await vi.advanceTimersByTimeAsync(1000);
  expect(access).toHaveBeenLastCalledWith('first');
  expect(connections[1]?.headers['authorization']).toBe('Bearer second');
});

test('what is refused is not asked for again', async () => {
  subscribe(OPERATION, variables, () => {});
  await soon();
  connections[0]?.say('event: next\ndata: {"errors":[{"message":"no","extensions":{"code":"NOT_FOUND"}}]}\n\n');
  await vi.advanceTimersByTimeAsync(120_000);
  expect(connections).toHaveLength(1);
});

test('a page that nobody sees does not listen', async () => {
  subscribe(OPERATION, variables, () => {});
  await soon();
  show(true);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(connections[0]?.signal.aborted).toBe(true);
  expect(connections).toHaveLength(1);
  show(false);
  await soon();
  expect(connections).toHaveLength(2);
});

test('a connection that has gone silent is made anew', async () => {
  subscribe(OPERATION, variables, () => {});
  await vi.advanceTimersByTimeAsync(40_000);
  connections[0]?.say(':\n\n');
  await vi.advanceTimersByTimeAsync(40_000);
  expect(connections).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(6001);
  expect(connections).toHaveLength(2);
});

test('two who listen to the same share a connection', async () => {
  const heard: string[] = [];
  const stop = subscribe(OPERATION, variables, () => heard.push('one'));
  subscribe(OPERATION, { ...variables }, () => heard.push('two'));
  await soon();
  stop();
  connections[0]?.say(next(1));
  await soon();
  expect(connections).toHaveLength(1);
  expect(heard).toEqual(['two']);
});
