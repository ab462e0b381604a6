// Hashes files one after the other, so that the page stays responsive.

import { Sha256, toBase64 } from './sha256';

/** Up to this size a file is read as a whole, for the browser's own digest, which is several times faster. */
const WHOLE_MAX_BYTES = 64 * 1024 * 1024;
const PIECE_BYTES = 4 * 1024 * 1024;

export interface Task {
  id: number;
  file: File;
}

export type Told = { id: number; done: number } | { id: number; digest: string } | { id: number; unreadable: true };

const tell = (told: Told): void => postMessage(told);

async function digest({ id, file }: Task): Promise<string> {
  if (globalThis.crypto?.subtle && file.size <= WHOLE_MAX_BYTES) {
    return toBase64(new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer())));
  }
  const sha = new Sha256();
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    sha.update(new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer()));
    tell({ id, done: Math.min(at + PIECE_BYTES, file.size) });
  }
  return toBase64(sha.digest());
}

let last: Promise<void> = Promise.resolve();

addEventListener('message', ({ data }: MessageEvent<Task>) => {
  last = last.then(() => digest(data)).then(
    found => tell({ id: data.id, digest: found }),
    () => tell({ id: data.id, unreadable: true }),
  );
});
