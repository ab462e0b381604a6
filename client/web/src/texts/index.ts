// Texts in the language of whoever looks.

import type { Area, Key, Text, Texts } from './areas';

export type { Key } from './areas';

/** `ar-XB` is English, written from right to left: to see that the page holds in such languages. */
export type Language = 'en' | 'de' | 'ar-XB';
export const LANGUAGES: readonly Language[] = ['en', 'de'];

const STORED = 'mantel.language';
const files = import.meta.glob<{ default: Texts }>('./{en,de}/*.ts');
const loaded = new Map<Area, Texts>();

export const language: Language = chosen();
const plural = new Intl.PluralRules(language === 'ar-XB' ? 'en' : language);

function chosen(): Language {
  const wanted = [localStorage.getItem(STORED), ...navigator.languages];
  for (const tag of wanted) {
    if (tag === 'ar-XB') return tag;
    const found = LANGUAGES.find(known => tag?.toLowerCase().startsWith(known));
    if (found) return found;
  }
  return 'en';
}

/** Changes the language: the page starts anew. */
export function setLanguage(wanted: Language): void {
  localStorage.setItem(STORED, wanted);
  location.reload();
}

/** Says to the browser in which language and direction the page is. */
export function showLanguage(): void {
  document.documentElement.lang = language;
  document.documentElement.dir = language === 'ar-XB' ? 'rtl' : 'ltr';
}

/** Loads texts, before a screen that needs them shows. */
export async function loadTexts(...areas: Area[]): Promise<void> {
  const folder = language === 'de' ? 'de' : 'en';
  await Promise.all(areas.filter(area => !loaded.has(area)).map(async area => {
    const texts = (await files[`./${folder}/${area}.ts`]!()).default;
    loaded.set(area, language === 'ar-XB' ? (await import('./mirrored')).mirrored(texts) : texts);
  }));
}

/** A text, with `{names}` filled in. `n` chooses the plural, and is written as a number. */
export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  const dot = key.indexOf('.');
  const text = loaded.get(key.slice(0, dot) as Area)?.[key.slice(dot + 1)];
  // A part that was not loaded is a mistake of ours: better its name than nothing.
  if (text === undefined) return key;
  return form(text, values['n']).replace(/\{(\w+)\}/g, (whole, name: string) => shown(values[name]) ?? whole);
}

function form(text: Text, n: string | number | undefined): string {
  if (typeof text === 'string') return text;
  return plural.select(Number(n)) === 'one' ? text.one : text.other;
}

function shown(value: string | number | undefined): string | undefined {
  return typeof value === 'number' ? value.toLocaleString(locale()) : value;
}

/** For dates and numbers: the person's own region where it speaks the chosen language. */
export function locale(): string {
  const own = navigator.languages.find(tag => tag.toLowerCase().startsWith(language));
  return own ?? (language === 'de' ? 'de' : 'en');
}
