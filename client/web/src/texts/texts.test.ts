import { describe, expect, it } from 'vitest';

import type { Text, Texts } from './areas';
import { mirrored } from './mirrored';

const english = import.meta.glob<Texts>('./en/*.ts', { eager: true, import: 'default' });
const german = import.meta.glob<Texts>('./de/*.ts', { eager: true, import: 'default' });

const forms = (text: Text): string[] => (typeof text === 'string' ? [text] : [text.one, text.other]);
const names = (text: Text): string[] => [...new Set(forms(text).flatMap(form => form.match(/\{\w+\}/g) ?? []))].sort();

describe('texts', () => {
  it('are there in both languages', () => {
    expect(Object.keys(german).map(path => path.slice(5))).toEqual(Object.keys(english).map(path => path.slice(5)));
  });

  for (const [path, texts] of Object.entries(english)) {
    const other = german[path.replace('/en/', '/de/')]!;

    it(`of ${path} have the same keys and names in both languages`, () => {
      expect(Object.keys(other).sort()).toEqual(Object.keys(texts).sort());
      for (const [key, text] of Object.entries(texts)) expect([key, names(other[key]!)]).toEqual([key, names(text)]);
    });

    it(`of ${path} are not empty`, () => {
      for (const text of [...Object.values(texts), ...Object.values(other)]) {
        for (const form of forms(text)) expect(form.trim()).not.toBe('');
      }
    });
  }

  it('keep their names when they are mirrored', () => {
    expect(mirrored({ hello: 'Hello, {name}!' })['hello']).toBe('\u202eHello,\u202c {name}\u202e!\u202c');
    expect(mirrored({ range: '{from} to {to} {unit}' })['range']).toBe('{from} \u202eto\u202c {to} {unit}');
  });
});
