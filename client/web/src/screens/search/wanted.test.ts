import { describe, expect, it, vi } from 'vitest';

// Which language one reads is of no matter here, and needs a browser.
vi.mock('../../texts', () => ({ locale: () => 'en' }));

import { remembered } from './recent';
import { addressOf, isSearchable, narrowed, placesOf, snippet, wantedOf, yearOf } from './wanted';

const wanted = (query: string) => wantedOf(new URLSearchParams(query));
const marked = (text: string, words: string): string => snippet(text, words).map(part => (part.found ? `[${part.text}]` : part.text)).join('');

describe('an address of a search', () => {
  it('says what is wanted, and is made of it', () => {
    const query = 'q=oma+see&from=2024-01-01&to=2024-12-31&kind=video';
    expect(wanted(query)).toEqual({ text: 'oma see', from: '2024-01-01', to: '2024-12-31', kind: 'video' });
    expect(addressOf(wanted(query))).toBe(`/search?${query}`);
    expect(addressOf(wanted(query), 'med_1')).toBe(`/search/med_1?${query}`);
    expect(addressOf(wanted(''))).toBe('/search');
  });

  it('is not trusted: what is no day and no kind counts as not there', () => {
    expect(wanted('q=a&from=2024-02-30&to=soon&kind=song')).toEqual({ text: 'a', from: null, to: null, kind: null });
  });

  it('may name a year', () => {
    expect(yearOf(wanted('from=2024-01-01&to=2024-12-31'))).toBe('2024');
    expect(yearOf(wanted('from=2024-01-01&to=2024-11-30'))).toBeNull();
    expect(yearOf(wanted(''))).toBeNull();
  });
});

describe('a search', () => {
  it('needs a word of two characters', () => {
    expect(['', 'a', 'a b', '. - !', 'ab', 'a b cd', '湖畔', '12'].map(isSearchable)).toEqual([false, false, false, false, true, true, true, true]);
  });
});

describe('a snippet', () => {
  it('marks beginnings of words, whatever their case and accents', () => {
    expect(marked('Grüße vom Café am See', 'cafe GRUSS se')).toBe('[Grüß]e vom [Café] am [Se]e');
  });

  it('marks nothing in the middle of a word', () => {
    expect(marked('Bodensee', 'see')).toBe('Bodensee');
  });

  it('marks accents that are characters of their own as a whole', () => {
    expect(marked('Cafe\u0301 Anna', 'cafe')).toBe('[Cafe\u0301] Anna');
  });

  it('of a long text begins near what was found, at a word', () => {
    const text = `${'word '.repeat(100)}needle end`;
    expect(marked(text, 'needle')).toMatch(/^…word (word )*\[needle\] end$/);
    expect(marked(text, 'needle').length).toBeLessThan(100);
  });
});

describe('recent searches', () => {
  it('begin with the latest, each once, and are few', () => {
    expect(remembered(['see', 'oma'], 'Oma')).toEqual(['Oma', 'see']);
    expect(remembered(['a1', 'b2', 'c3', 'd4', 'e5', 'f6'], 'new')).toEqual(['new', 'a1', 'b2', 'c3', 'd4', 'e5']);
  });

  it('leave out what cannot be searched for', () => {
    expect(remembered(['see'], ' a ')).toEqual(['see']);
  });
});

describe('places', () => {
  it('are told once each, as they come', () => {
    const names = ['Lake Bled', null, 'Wien', 'lake bled', '', 'X', 'Graz'];
    expect(placesOf(names.map(placeName => ({ placeName })))).toEqual(['Lake Bled', 'Wien', 'Graz']);
  });

  it('narrow a search by the words that are not in it yet', () => {
    expect([narrowed('oma', 'Lake Bled'), narrowed('lake', 'Lake Bled'), narrowed('bled lake', 'Lake Bled')]).toEqual(['oma Lake Bled', 'lake Bled', 'bled lake']);
  });
});
