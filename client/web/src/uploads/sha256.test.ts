import { describe, expect, it } from 'vitest';

import { Sha256, toBase64 } from './sha256';

const hex = (digest: Uint8Array): string => [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('');
const of = (text: string): string => hex(new Sha256().update(new TextEncoder().encode(text)).digest());

describe('SHA-256', () => {
  // The examples of NIST, "Secure Hash Standard: example values".
  it('gives the digests that NIST publishes', () => {
    expect(of('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(of('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(of('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'))
      .toBe('248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1');
    expect(of('abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu'))
      .toBe('cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1');
    expect(of('a'.repeat(1_000_000))).toBe('cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0');
  });

  it('gives what the browser gives, whatever the length and however it is cut', async () => {
    // Lengths around the ends of blocks, and some that are not.
    const lengths = [...Array.from({ length: 130 }, (_, at) => at), 1000, 4095, 65_537, 300_001];
    let state = 1;
    const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
    for (const length of lengths) {
      const bytes = Uint8Array.from({ length }, () => random(256));
      const sha = new Sha256();
      for (let at = 0; at < length;) {
        const piece = 1 + random(200);
        sha.update(bytes.subarray(at, at + piece));
        at += piece;
      }
      const expected = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      expect([length, hex(sha.digest())]).toEqual([length, hex(expected)]);
    }
  });

  it('is written in base64', () => {
    expect(toBase64(new Sha256().digest())).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
  });
});
