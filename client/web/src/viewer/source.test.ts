import { expect, test } from 'vitest';

import { Source } from './source.svelte';

test('an address that works is kept when it is signed anew', () => {
  const source = new Source();
  source.offer('/a?sign=1');
  source.offer('/a?sign=2');
  expect(source.url).toBe('/a?sign=1');
});

test('an address that expired gives way to the next one', () => {
  const source = new Source();
  source.offer('/a?sign=1');
  expect(source.fail()).toBe(true);
  source.offer('/a?sign=1');
  expect(source.url).toBe('/a?sign=1');
  source.offer('/a?sign=2');
  expect(source.url).toBe('/a?sign=2');
});

test('another file takes the place of the one that is shown, a turned picture for example', () => {
  const source = new Source();
  source.offer('/a-0?sign=1');
  source.offer('/a-90?sign=1');
  expect(source.url).toBe('/a-90?sign=1');
});

test('a file that never comes is given up, until somebody asks for it again', () => {
  const source = new Source();
  const tries = [1, 2, 3].map(sign => {
    source.offer(`/a?sign=${sign}`);
    return source.fail();
  });
  expect(tries).toEqual([true, true, false]);
  source.again();
  source.offer('/a?sign=4');
  expect(source.fail()).toBe(true);
});
