const letters = 'Segmenter' in Intl ? new Intl.Segmenter() : null;

/** The first letters of somebody's first and last name. What looks like one letter, such as a family of emoji, is one. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const chosen = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return chosen.map(first).join('').toLocaleUpperCase();
}

function first(word: string): string {
  if (!letters) return [...word][0] ?? '';
  for (const { segment } of letters.segment(word)) return segment;
  return '';
}
