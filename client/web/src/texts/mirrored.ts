import type { Text, Texts } from './areas';

const FROM_RIGHT = '\u202e';
const END = '\u202c';

/** Every word from right to left, names in braces as they are. Spaces at the edges stay where they are, beside the names. */
function mirroredText(text: string): string {
  return text.replace(/\{\w+\}|[^{}]+/g, part => (part.startsWith('{') ? part : part.replace(/\S(?:.*\S)?/s, words => `${FROM_RIGHT}${words}${END}`)));
}

/** Texts of the test language: the same letters, in the other direction. */
export function mirrored(texts: Texts): Texts {
  const of = (text: Text): Text => typeof text === 'string'
    ? mirroredText(text)
    : { one: mirroredText(text.one), other: mirroredText(text.other) };
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, of(text)]));
}
