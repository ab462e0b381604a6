import type { Part } from './transfer';

/** Longer than this nothing may move: phones that change from one network to another leave connections that never end. */
const STALLED_MS = 60_000;
/** Browsers set these by themselves, and refuse them from a page. */
const OWN_HEADERS = new Set(['content-length', 'host']);

/** Sends one part, and answers the status; 0 where the connection broke. By XMLHttpRequest, as fetch tells no progress. */
export function put(part: Part, body: Blob, progress: (sent: number) => void, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const request = new XMLHttpRequest();
    let timer = 0;
    const moved = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(() => request.abort(), STALLED_MS);
    };
    const abort = (): void => request.abort();
    request.open(part.method, part.url);
    for (const { name, value } of part.headers) {
      if (!OWN_HEADERS.has(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    request.upload.addEventListener('progress', event => {
      moved();
      progress(event.loaded);
    });
    request.addEventListener('loadend', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      if (signal.aborted) reject(signal.reason);
      else resolve(request.status);
    });
    signal.addEventListener('abort', abort);
    moved();
    request.send(body);
  });
}
