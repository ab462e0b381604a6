// Addresses in what people write. All else is text and stays text.

export interface Piece {
  text: string;
  /** Where it leads, for an address. */
  href: string | null;
}

const ADDRESS = /https?:\/\/[^\s<>"']+/gi;
/** What ends a sentence, and not an address. */
const TAIL = /[.,;:!?)\]}»”’]+$/;

/** Cuts a text into addresses of the web and what is between them. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(TAIL, '');
    if (!isOfTheWeb(address)) continue;
    if (match.index > at) found.push({ text: text.slice(at, match.index), href: null });
    found.push({ text: address, href: address });
    at = match.index + address.length;
  }
  if (at < text.length) found.push({ text: text.slice(at), href: null });
  return found;
}

function isOfTheWeb(address: string): boolean {
  try {
    const { protocol, username, password } = new URL(address);
    // A name before the host makes one site look like another.
    return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
  } catch {
    return false;
  }
}
