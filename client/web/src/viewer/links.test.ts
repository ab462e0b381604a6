import { expect, test } from 'vitest';

import { pieces } from './links';

const addresses = (text: string): string[] => pieces(text).flatMap(({ href }) => href ?? []);

test('an address is a link, without what ends the sentence', () => {
  expect(pieces('See https://example.org/a?b=1. Bye')).toEqual([
    { text: 'See ', href: null },
    { text: 'https://example.org/a?b=1', href: 'https://example.org/a?b=1' },
    { text: '. Bye', href: null },
  ]);
  expect(addresses('(http://example.org/x)')).toEqual(['http://example.org/x']);
});

test('nothing is lost or added', () => {
  for (const text of ['', 'a\nb', 'https://a.example https://b.example', 'x https:// y', '<img src=x onerror=alert(1)>']) {
    expect(pieces(text).map(piece => piece.text).join('')).toBe(text);
  }
});

test('only addresses of the web are links', () => {
  expect(addresses('javascript:alert(1) data:text/html,x file:///etc ftp://a.example')).toEqual([]);
  expect(addresses('https://bank.example@evil.example/')).toEqual([]);
  expect(addresses('https://')).toEqual([]);
});
