// Blurred pictures out of a few bytes, until the real ones are there.

const made = new Map<string, string>();
const KEPT = 2000;

type Decoder = typeof import('thumbhash').thumbHashToDataURL;

/** Loaded apart: no page has to wait for it before it shows anything. */
let decode: Decoder | null = $state.raw(null);
let loading: Promise<void> | null = null;

function load(): void {
  loading ??= import('thumbhash').then(
    ({ thumbHashToDataURL }) => { decode = thumbHashToDataURL; },
    // Offline, say: the average colour stands in.
    () => { loading = null; },
  );
}

/** The address of the blurred picture that a thumbhash (base64) stands for; null where it is none, and until that is known. */
export function blurred(thumbhash: string | null): string | null {
  if (!thumbhash) return null;
  const known = made.get(thumbhash);
  if (known !== undefined) return known;
  if (decode === null) {
    load();
    return null;
  }
  let url: string;
  try {
    url = decode(Uint8Array.from(atob(thumbhash), character => character.charCodeAt(0)));
  } catch {
    return null;
  }
  if (made.size >= KEPT) made.clear();
  made.set(thumbhash, url);
  return url;
}
