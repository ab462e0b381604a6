import { describe, expect, it } from 'vitest';

import { typeOf } from './kinds';

describe('the kind of a file', () => {
  it('is what the system says, or what its name says where the system knows none', () => {
    expect(typeOf({ name: 'IMG_1.HEIC', type: '' })).toBe('image/heic');
    expect(typeOf({ name: 'IMG_1.HEIC', type: 'image/heic' })).toBe('image/heic');
    expect(typeOf({ name: 'a.b.MOV', type: 'application/octet-stream' })).toBe('video/quicktime');
    expect(typeOf({ name: 'a.jpg', type: 'image/jpeg' })).toBe('image/jpeg');
  });

  it('is none for what is neither photo nor video', () => {
    for (const [name, type] of [['a.pdf', 'application/pdf'], ['a.jpg', 'text/html'], ['a.svg', 'image/svg+xml'], ['a', ''], ['a.zip', '']] as const) {
      expect([name, typeOf({ name, type })]).toEqual([name, null]);
    }
  });
});
