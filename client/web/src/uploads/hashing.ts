// The SHA-256 of files, from a worker.

import { scriptUrl } from '../trusted';
import type { Told } from './hash.worker';
import workerUrl from './hash.worker?worker&url';
import { Unreadable } from './problems';

interface Waiting {
  progress: (done: number) => void;
  resolve: (digest: string) => void;
  reject: (error: unknown) => void;
}

let worker: Worker | null = null;
let next = 0;
const waiting = new Map<number, Waiting>();

function started(): Worker {
  if (worker) return worker;
  worker = new Worker(scriptUrl(workerUrl), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<Told>) => {
    const task = waiting.get(data.id);
    if (!task) return;
    if ('done' in data) return task.progress(data.done);
    waiting.delete(data.id);
    if ('digest' in data) task.resolve(data.digest);
    else task.reject(new Unreadable());
  });
  worker.addEventListener('error', () => endHashing(new Unreadable()));
  return worker;
}

/** Ends the worker, and all that it was doing. */
export function endHashing(reason: unknown): void {
  worker?.terminate();
  worker = null;
  for (const { reject } of waiting.values()) reject(reason);
  waiting.clear();
}

/** The SHA-256 in base64. Throws `Unreadable` where the file cannot be read. */
export function sha256Of(file: File, progress: (done: number) => void, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const id = next++;
    // What was given up is still hashed to its end: it is short, and ending the worker would end the others, too.
    signal.addEventListener('abort', () => {
      if (waiting.delete(id)) reject(signal.reason);
    }, { once: true });
    waiting.set(id, { progress, resolve, reject });
    started().postMessage({ id, file });
  });
}
