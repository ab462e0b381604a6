// Sends files: hash, announce, send the parts, finish. Nothing here touches the page; views listen to `change`.

import { ApiError, mutate } from './api.js';

const LANES = 3;
// Above this, hashing piece by piece in the worker is worth more than the browser's own faster digest.
const SUBTLE_MAX_BYTES = 64 * 1024 * 1024;
const RETRY_DELAYS_MS = [1000, 3000, 8000];

const TYPES = {
  jpg: 'image/jpeg', jpeg: 'image/jpeg', png: 'image/png', webp: 'image/webp', gif: 'image/gif', heic: 'image/heic',
  heif: 'image/heif', avif: 'image/avif', tif: 'image/tiff', tiff: 'image/tiff', dng: 'image/x-adobe-dng',
  mp4: 'video/mp4', m4v: 'video/x-m4v', mov: 'video/quicktime', webm: 'video/webm', mkv: 'video/x-matroska',
};

const REQUEST = `mutation($input: RequestUploadInput!) {
  requestUpload(input: $input) {
    ticket { mediaId partCount parts { url method headers { name value } offset length } }
    duplicateOf { id fileName status }
    userErrors { code message path }
  }
}`;
const FINISH = `mutation($input: FinishUploadInput!) {
  finishUpload(input: $input) { media { id } userErrors { code message path } }
}`;
const CANCEL = `mutation($input: CancelUploadInput!) { cancelUpload(input: $input) { userErrors { message } } }`;

/**
 * What the queue holds for one file. `state` is waiting, hashing, sending, finishing, done, duplicate, failed or
 * cancelled; `progress` goes from 0 to 1 within hashing and within sending.
 */
export class UploadQueue extends EventTarget {
  items = [];

  add(files, gallery) {
    for (const file of files) {
      this.items.push({ file, gallery, state: 'waiting', progress: 0, message: null, mediaId: null, abort: null });
    }
    this.#changed();
    this.#pump();
  }

  get active() {
    return this.items.filter(item => ['hashing', 'sending', 'finishing'].includes(item.state));
  }

  get pending() {
    return this.active.length + this.items.filter(item => item.state === 'waiting').length;
  }

  retry(item) {
    Object.assign(item, { state: 'waiting', progress: 0, message: null });
    this.#changed(item);
    this.#pump();
  }

  /** Gives a file up; what was sent of it is forgotten by the server. */
  cancel(item) {
    item.state = 'cancelled';
    item.abort?.abort();
    if (item.mediaId) mutate(CANCEL, { input: { mediaId: item.mediaId } }).catch(() => {
      // An upload that nobody goes on with expires by itself.
    });
    this.#changed(item);
    this.#pump();
  }

  clearSettled() {
    this.items = this.items.filter(item => ['waiting', 'hashing', 'sending', 'finishing'].includes(item.state));
    this.#changed();
  }

  /** Drops everything: somebody else may sign in next. */
  reset() {
    for (const item of this.items) {
      item.state = 'cancelled';
      item.abort?.abort();
    }
    this.items = [];
    this.#changed();
  }

  #pump() {
    while (this.active.length < LANES) {
      const next = this.items.find(item => item.state === 'waiting');
      if (!next) return;
      this.#run(next).finally(() => this.#pump());
    }
  }

  async #run(item) {
    item.abort = new AbortController();
    try {
      await this.#transfer(item);
    } catch (error) {
      if (item.state !== 'cancelled') Object.assign(item, { state: 'failed', message: error.message });
    }
    this.#changed(item);
  }

  async #transfer(item) {
    const { file, gallery } = item;
    const signal = item.abort.signal;
    const step = (state, progress) => {
      signal.throwIfAborted();
      Object.assign(item, { state, progress });
      this.#changed(item);
    };
    step('hashing', 0);
    const input = {
      galleryId: gallery.id,
      fileName: file.name,
      contentType: typeOf(file),
      sizeBytes: file.size,
      sha256: await sha256(file, done => step('hashing', done / file.size), signal),
      fileModifiedAt: new Date(file.lastModified).toISOString(),
    };
    step('sending', 0);
    // A ticket names at most 100 missing parts, so a large file asks again until nothing is missing. An upload that
    // was cut short goes on in the same way.
    let announced = payload(await mutate(REQUEST, { input }));
    while (announced.ticket?.parts.length) {
      const { ticket } = announced;
      item.mediaId = ticket.mediaId;
      for (const part of ticket.parts) {
        await sendPart(part, file, sent => step('sending', (part.offset + sent) / file.size), signal);
      }
      if (ticket.partCount === 1) break;
      announced = payload(await mutate(REQUEST, { input }));
    }
    if (announced.duplicateOf) {
      const { id, status } = announced.duplicateOf;
      item.mediaId = null;
      item.duplicateId = id;
      item.message = status === 'TRASHED' ? 'Already here, in the trash' : `Already in “${gallery.title}”`;
      return step('duplicate', 1);
    }
    step('finishing', 1);
    payload(await mutate(FINISH, { input: { mediaId: announced.ticket.mediaId } }));
    step('done', 1);
  }

  #changed(item) {
    this.dispatchEvent(new CustomEvent('change', { detail: item }));
  }
}

function payload(answer) {
  const mistake = answer.userErrors[0];
  if (mistake) throw new ApiError(mistake.code, mistake.message);
  return answer;
}

/** Some systems know no type for HEIC and the like; the server looks at the content in the end. */
function typeOf(file) {
  const extension = file.name.split('.').pop().toLowerCase();
  return file.type || TYPES[extension] || 'application/octet-stream';
}

/** Sends one part, trying again after a broken connection or a passing fault of the server. */
async function sendPart(part, file, onProgress, signal) {
  for (let attempt = 0; ; attempt++) {
    const status = await put(part, file, onProgress, signal);
    if (status >= 200 && status < 300) return;
    // The address takes no second object: an earlier try arrived, only its answer got lost.
    if (status === 412) return;
    const passing = status === 0 || status === 429 || status >= 500;
    if (!passing || attempt === RETRY_DELAYS_MS.length) {
      throw new Error(status === 0 ? 'The connection broke off.' : `The file was not taken (${status}).`);
    }
    await delay(RETRY_DELAYS_MS[attempt], signal);
  }
}

/** The status of one PUT; 0 when the connection broke. XMLHttpRequest, because fetch tells no upload progress. */
function put(part, file, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => {
      request.abort();
      reject(signal.reason);
    };
    request.open(part.method, part.url);
    for (const { name, value } of part.headers) {
      // Browsers set these by themselves and refuse them from a page.
      if (!['content-length', 'host'].includes(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    request.upload.addEventListener('progress', event => signal.aborted || onProgress(event.loaded));
    request.addEventListener('load', () => resolve(request.status));
    request.addEventListener('error', () => resolve(0));
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
    signal.addEventListener('abort', abort);
    request.send(file.slice(part.offset, part.offset + part.length));
  });
}

function delay(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}

async function sha256(file, onProgress, signal) {
  const digest = globalThis.crypto?.subtle && file.size <= SUBTLE_MAX_BYTES
    ? new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
    : await digestInWorker(file, onProgress, signal);
  return btoa(String.fromCharCode(...digest));
}

function digestInWorker(file, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerUrl(), { type: 'module' });
    const end = settle => value => {
      worker.terminate();
      settle(value);
    };
    signal.addEventListener('abort', () => end(reject)(signal.reason), { once: true });
    worker.addEventListener('error', () => end(reject)(new Error('The file could not be read.')));
    worker.addEventListener('message', ({ data }) => {
      if (data.digest) end(resolve)(data.digest);
      else if (data.error) end(reject)(new Error('The file could not be read.'));
      else if (!signal.aborted) onProgress(data.done);
    });
    worker.postMessage(file);
  });
}

// Trusted types let a page start only such scripts as a policy passed. This is the only one there is.
const policy = globalThis.trustedTypes?.createPolicy('mantel-worker', { createScriptURL: () => '/sha256.js' });
const workerUrl = () => (policy ? policy.createScriptURL('') : '/sha256.js');
