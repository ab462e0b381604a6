// Blurred pictures out of a few bytes, until the real ones are there.

import { thumbHashToDataURL } from 'thumbhash';

const made = new Map<string, string>();
const KEPT = 2000;

/** The address of the blurred picture that a thumbhash (base64) stands for; null where it is none. */
export function blurred(thumbhash: string | null): string | null {
  if (!thumbhash) return null;
  const known = made.get(thumbhash);
  if (known !== undefined) return known;
  let url: string;
  try {
    url = thumbHashToDataURL(Uint8Array.from(atob(thumbhash), character => character.charCodeAt(0)));
  } catch {
    return null;
  }
  if (made.size >= KEPT) made.clear();
  made.set(thumbhash, url);
  return url;
}
