import type { Text, Texts } from './areas';

const FROM_RIGHT = '\u202e';
const END = '\u202c';

/** Every word from right to left, names in braces as they are. */
function mirroredText(text: string): string {
  return text.replace(/\{\w+\}|[^{}]+/g, part => (part.startsWith('{') ? part : `${FROM_RIGHT}${part}${END}`));
}

/** Texts of the test language: the same letters, in the other direction. */
export function mirrored(texts: Texts): Texts {
  const of = (text: Text): Text => typeof text === 'string'
    ? mirroredText(text)
    : { one: mirroredText(text.one), other: mirroredText(text.other) };
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, of(text)]));
}
