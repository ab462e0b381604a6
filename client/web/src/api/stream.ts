// What changes while one looks: subscriptions over server-sent events, each a request of its own ("distinct connections"
// of the protocol graphql-sse).
//
// A browser opens six connections to a server at most, over all tabs. So what is listened to twice is one connection, and
// a page that nobody sees has none.

import { config } from './config';
import { EventReader } from './events';
import type { Operation } from './operation';
import { access } from './session';

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
/** The server says every 15 seconds that it is still there. */
const SILENCE_MS = 45_000;
/** A refusal that another try would not change. */
const FINAL = new Set([400, 403, 404, 405, 406, 413, 414, 415]);

interface Listener {
  hear: (data: unknown) => void;
  missed: (() => void) | undefined;
}

interface Next {
  data?: unknown;
  errors?: { extensions?: { code?: string } }[];
}

/** How a connection ended: to be tried again, with another token, or not at all. */
type End = 'broken' | 'unauthenticated' | 'refused';

const channels = new Map<string, Channel>();

/**
 * Listens until the answer is called. Where there is no stream, nothing is heard. Goes on after a broken connection, and
 * then calls `missed`: what happened meanwhile is not told later.
 */
export function subscribe<Data, Variables>(
  operation: Operation<Data, Variables>, variables: Variables, hear: (data: Data) => void, missed?: () => void,
): () => void {
  const body = JSON.stringify({ query: operation, variables });
  const channel = channels.get(body) ?? new Channel(body);
  channels.set(body, channel);
  return channel.listen({ hear: hear as Listener['hear'], missed });
}

class Channel {
  #listeners = new Set<Listener>();
  #stop = new AbortController();
  #waitMs = FIRST_WAIT_MS;
  #wasOpen = false;

  constructor(readonly body: string) {
    void this.#run().finally(() => this.#forget());
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#stop.abort();
      this.#forget();
    };
  }

  #forget(): void {
    if (channels.get(this.body) === this) channels.delete(this.body);
  }

  async #run(): Promise<void> {
    const { stream } = await config().catch(() => ({ stream: null }));
    if (stream === null) return;
    let used: string | null = null;
    let renew = false;
    while (!this.#stop.signal.aborted) {
      await untilVisible(this.#stop.signal);
      const token: string | null = await access(renew ? used : null).catch(() => null);
      if (token === null && renew) return;
      renew = false;
      used = token;
      const end: End = token === null ? 'broken' : await this.#connect(stream, token);
      if (end === 'refused') return;
      renew = end === 'unauthenticated';
      await pause(this.#waitMs, this.#stop.signal);
      this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
    }
  }

  /** Listens to one connection, for as long as it lasts. */
  async #connect(address: string, token: string): Promise<End> {
    const connection = new AbortController();
    const cut = (): void => { if (this.#stop.signal.aborted || document.hidden) connection.abort(); };
    const silence = new Alarm(SILENCE_MS, () => connection.abort());
    this.#stop.signal.addEventListener('abort', cut);
    document.addEventListener('visibilitychange', cut);
    cut();
    try {
      const headers = { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${token}` };
      const response = await fetch(address, { method: 'POST', headers, body: this.body, cache: 'no-store', signal: connection.signal });
      if (response.status === 401) return 'unauthenticated';
      if (FINAL.has(response.status)) return 'refused';
      if (!response.ok || !response.body) return 'broken';
      this.#opened();
      return await this.#read(response.body, silence);
    } catch {
      return 'broken';
    } finally {
      silence.stop();
      // Also where the server said that it is complete: nothing more is read.
      connection.abort();
      this.#stop.signal.removeEventListener('abort', cut);
      document.removeEventListener('visibilitychange', cut);
    }
  }

  #opened(): void {
    this.#waitMs = FIRST_WAIT_MS;
    if (this.#wasOpen) for (const { missed } of this.#listeners) missed?.();
    this.#wasOpen = true;
  }

  async #read(body: ReadableStream<Uint8Array>, silence: Alarm): Promise<End> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const events = new EventReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return 'broken';
      silence.put();
      for (const { name, data } of events.push(decoder.decode(value, { stream: true }))) {
        if (name === 'complete') return 'broken';
        const end = name === 'next' ? this.#hear(JSON.parse(data) as Next) : null;
        if (end) return end;
      }
    }
  }

  #hear({ data, errors }: Next): End | null {
    if (errors) return errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED') ? 'unauthenticated' : 'refused';
    if (data) for (const { hear } of this.#listeners) hear(data);
    return null;
  }
}

/** Goes off unless it is put back in time. */
class Alarm {
  #timer: ReturnType<typeof setTimeout>;

  constructor(readonly ms: number, readonly off: () => void) {
    this.#timer = setTimeout(off, ms);
  }

  put(): void {
    this.stop();
    this.#timer = setTimeout(this.off, this.ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

function untilVisible(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const look = (): void => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener('visibilitychange', look);
      signal.removeEventListener('abort', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    signal.addEventListener('abort', look);
    look();
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
