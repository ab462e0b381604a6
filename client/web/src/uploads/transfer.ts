// The way of one file: hashed, announced, its parts sent, finished.

import { ApiError, isOffline } from '../api/errors';
import { Expired, Interrupted, NotTaken, Unreadable } from './problems';
import { retried } from './retry';
import type { Slots } from './slots';
import type { World } from './world';

export interface Part {
  method: string;
  url: string;
  headers: readonly { name: string; value: string }[];
  offset: number;
  length: number;
}

export interface Announcement {
  galleryId: string;
  fileName: string;
  contentType: string;
  sizeBytes: number;
  sha256: string;
  fileModifiedAt: string;
}

export type Status = 'UPLOADING' | 'PROCESSING' | 'READY' | 'FAILED' | 'TRASHED';

/** A photo or video as far as uploads care. */
export interface Known {
  id: string;
  status: Status;
  fileName?: string;
  failureReason?: string | null;
}

export interface Announced {
  ticket: { mediaId: string; partCount: number; parts: readonly Part[] } | null;
  duplicateOf: Known | null;
}

/** The server. What a person could correct is thrown as `Refused`. */
export interface Api {
  announce(input: Announcement): Promise<Announced>;
  finish(mediaId: string): Promise<Known>;
  cancel(mediaId: string): Promise<unknown>;
  /** What has become of it; null where it is not there any more. */
  look(mediaId: string): Promise<Known | null>;
}

export interface Means {
  api: Api;
  hash(file: File, progress: (done: number) => void, signal: AbortSignal): Promise<string>;
  put(part: Part, body: Blob, progress: (sent: number) => void, signal: AbortSignal): Promise<number>;
  /** Parts that are on their way at the same time, of all files together. */
  slots: Slots;
  world: World;
}

/** What is to be sent, and how far it is. */
export interface Transfer {
  file: File;
  galleryId: string;
  contentType: string;
  /** Where they are known from an earlier try. */
  sha256: string | null;
  mediaId: string | null;
  /** Tells how many bytes were hashed, then how many were sent. */
  hashed(bytes: number): void;
  sent(bytes: number): void;
  /** Tells what is worth keeping for a later try. */
  know(facts: { sha256?: string; mediaId?: string }): void;
}

export type Outcome = { duplicateOf: Known } | { arrived: Known };

/** So many tickets in a row may turn out to be of no use. */
const MAX_USELESS_TICKETS = 3;
const PASSING_STATUS = new Set([0, 400, 408, 425, 429]);
const PASSING_CODES = new Set(['UNAVAILABLE', 'INTERNAL']);

/** Whether the same may work in a while. */
export const mayPass = (error: unknown): boolean =>
  error instanceof Interrupted || isOffline(error) || (error instanceof ApiError && PASSING_CODES.has(error.code));

export async function transfer(item: Transfer, means: Means, signal: AbortSignal): Promise<Outcome> {
  const ask = <T>(run: () => Promise<T>): Promise<T> => retried(run, mayPass, means.world, signal);
  const { file } = item;
  const sha256 = item.sha256 ?? await means.hash(file, done => item.hashed(done), signal);
  item.know({ sha256 });
  item.sent(0);
  const input: Announcement = {
    galleryId: item.galleryId,
    fileName: file.name,
    contentType: item.contentType,
    sizeBytes: file.size,
    sha256,
    fileModifiedAt: wallClock(file.lastModified),
  };
  // A ticket names some of the parts that are missing: asking again with the same words names the next ones, until none are.
  for (let useless = 0; ;) {
    const { ticket, duplicateOf } = await ask(() => means.api.announce(input));
    // An earlier try may have got further than this page heard.
    if (duplicateOf) return duplicateOf.id === item.mediaId ? { arrived: duplicateOf } : { duplicateOf };
    if (!ticket) throw new ApiError('INTERNAL', 'neither a ticket nor a duplicate');
    item.know({ mediaId: ticket.mediaId });
    const arrived = await sendParts(ticket.parts, item, means, signal);
    const all = arrived === ticket.parts.length;
    if (all && (ticket.partCount === 1 || ticket.parts.length === 0)) {
      return { arrived: await ask(() => means.api.finish(ticket.mediaId)) };
    }
    useless = arrived > 0 ? 0 : useless + 1;
    if (useless >= MAX_USELESS_TICKETS) throw new NotTaken(403);
  }
}

/** What a clock on the wall showed then. Times of photos are those of the place where they were taken, whatever offset is written. */
const wallClock = (at: number): string => new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString();

/** Sends what a ticket names. Answers how many of them arrived before their addresses expired, if they did. */
async function sendParts(parts: readonly Part[], item: Transfer, means: Means, signal: AbortSignal): Promise<number> {
  const last = parts.at(-1);
  // What lies after the ticket's last part is missing, too; all else is there.
  const end = last ? last.offset + last.length : item.file.size;
  const before = end - parts.reduce((sum, part) => sum + part.length, 0);
  const sent = parts.map(() => 0);
  // Where one of them cannot be sent, the others need not be either.
  const failing = new AbortController();
  const give = (): void => failing.abort(signal.reason);
  signal.addEventListener('abort', give);
  let expired = false;
  let arrived = 0;
  await Promise.allSettled(parts.map((part, at) => means.slots.use(async () => {
    if (expired) return;
    await sendPart(part, item.file, means, failing.signal, bytes => {
      sent[at] = bytes;
      item.sent(before + sent.reduce((sum, bytes) => sum + bytes, 0));
    });
    arrived += 1;
  }).catch((error: unknown) => {
    if (error instanceof Expired) expired = true;
    else failing.abort(error);
  })));
  signal.removeEventListener('abort', give);
  if (failing.signal.aborted) throw failing.signal.reason;
  return arrived;
}

/** Sends one part, trying again after a broken connection or a passing fault of the server. */
async function sendPart(part: Part, file: File, means: Pick<Means, 'put' | 'world'>, signal: AbortSignal, progress: (sent: number) => void): Promise<void> {
  await retried(async () => {
    const body = file.slice(part.offset, part.offset + part.length);
    const status = await means.put(part, body, progress, signal);
    // 412: the address takes no second object. An earlier try arrived, only its answer got lost.
    if ((status >= 200 && status < 300) || status === 412) return progress(part.length);
    progress(0);
    if (status === 403 || status === 404) throw new Expired();
    if (status === 0) await mustBeReadable(file, part.offset);
    if (status >= 500 || PASSING_STATUS.has(status)) throw new Interrupted(status);
    throw new NotTaken(status);
  }, mayPass, means.world, signal);
}

/** A file that was changed on the disk looks like a broken connection. */
async function mustBeReadable(file: File, offset: number): Promise<void> {
  try {
    await file.slice(offset, offset + 1).arrayBuffer();
  } catch {
    throw new Unreadable();
  }
}
