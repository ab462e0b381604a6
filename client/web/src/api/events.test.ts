import { expect, test } from 'vitest';

import { EventReader } from './events';

const TEXT = ': hello\n\nevent: next\ndata: {"data":1}\n\nevent: complete\ndata:\n\n';
const EVENTS = [{ name: 'next', data: '{"data":1}' }, { name: 'complete', data: '' }];

function read(...parts: string[]) {
  const reader = new EventReader();
  return parts.flatMap(part => reader.push(part));
}

test('events are read, and comments are skipped', () => {
  expect(read(TEXT)).toEqual(EVENTS);
});

test('it does not matter where the parts of a stream end', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const text = TEXT.replaceAll('\n', end);
    for (let at = 0; at <= text.length; at++) {
      // A lone return ends a line only once something else follows.
      expect(read(text.slice(0, at), text.slice(at), ':')).toEqual(EVENTS);
    }
    expect(read(...text, ':')).toEqual(EVENTS);
  }
});

test('data of several lines is one text', () => {
  expect(read('event: next\ndata: {\ndata:   "a": 1\ndata\ndata: }\n\n')).toEqual([{ name: 'next', data: '{\n  "a": 1\n\n}' }]);
});

test('an event that is not whole is not told', () => {
  expect(read('event: next\ndata: {"da')).toEqual([]);
});

test('the name of an event does not stick to the next one', () => {
  expect(read('event: next\ndata: 1\n\ndata: 2\n\n')).toEqual([{ name: 'next', data: '1' }, { name: 'message', data: '2' }]);
});
