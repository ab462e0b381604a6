// SHA-256 (FIPS 180-4) of a file, piece by piece, in a worker: the page stays responsive, and a film of several
// gigabytes needs no more memory than one piece. `crypto.subtle` takes only whole buffers, and is missing altogether
// on plain http, which is how Mantel is reached within a house.

const PIECE_BYTES = 4 * 1024 * 1024;

// The first 32 bits of the fractional parts of the square roots of the first 8 primes, and of the cube roots of the
// first 64.
const [START, K] = constants();

function constants() {
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every(p => n % p)) primes.push(n);
  const fraction = x => Math.floor((x - Math.floor(x)) * 2 ** 32) >>> 0;
  return [primes.slice(0, 8).map(p => fraction(Math.sqrt(p))), new Uint32Array(primes.map(p => fraction(Math.cbrt(p))))];
}

export class Sha256 {
  #state = new Uint32Array(START);
  #words = new Uint32Array(64);
  #rest = new Uint8Array(64);
  #restLength = 0;
  #length = 0;

  update(bytes) {
    this.#length += bytes.length;
    let at = 0;
    if (this.#restLength) {
      at = Math.min(64 - this.#restLength, bytes.length);
      this.#rest.set(bytes.subarray(0, at), this.#restLength);
      this.#restLength += at;
      if (this.#restLength < 64) return this;
      this.#block(this.#rest, 0);
      this.#restLength = 0;
    }
    for (; at + 64 <= bytes.length; at += 64) this.#block(bytes, at);
    this.#rest.set(bytes.subarray(at), 0);
    this.#restLength = bytes.length - at;
    return this;
  }

  digest() {
    const bits = this.#length * 8;
    const padding = new Uint8Array(this.#restLength < 56 ? 64 - this.#restLength : 128 - this.#restLength);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(padding.length - 4, bits >>> 0);
    this.update(padding);
    const digest = new DataView(new ArrayBuffer(32));
    this.#state.forEach((word, i) => digest.setUint32(i * 4, word));
    return new Uint8Array(digest.buffer);
  }

  #block(bytes, offset) {
    const w = this.#words;
    for (let i = 0, p = offset; i < 16; i++, p += 4) {
      w[i] = (bytes[p] << 24) | (bytes[p + 1] << 16) | (bytes[p + 2] << 8) | bytes[p + 3];
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15], y = w[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = this.#state;
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    const s = this.#state;
    s[0] += a; s[1] += b; s[2] += c; s[3] += d; s[4] += e; s[5] += f; s[6] += g; s[7] += h;
  }
}

if (typeof WorkerGlobalScope !== 'undefined') {
  addEventListener('message', async ({ data: file }) => {
    try {
      const sha = new Sha256();
      for (let at = 0; at < file.size; at += PIECE_BYTES) {
        sha.update(new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer()));
        postMessage({ done: Math.min(at + PIECE_BYTES, file.size) });
      }
      postMessage({ digest: sha.digest() });
    } catch (error) {
      postMessage({ error: error.message });
    }
  });
}
