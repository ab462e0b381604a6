import { describe, expect, it, vi } from 'vitest';

vi.mock('../api', () => ({ request: vi.fn() }));

import { initials } from './initials';
import { matching } from './users';

const ANNA = { displayName: 'Anna Müller', email: 'anna@example.com' };
const FAMILY = { displayName: 'Family', email: null };

describe('people', () => {
  it('are found by parts of name and address, whatever case and accents', () => {
    expect(matching([ANNA, FAMILY], 'mull')).toEqual([ANNA]);
    expect(matching([ANNA, FAMILY], 'EXAMPLE anna')).toEqual([ANNA]);
    expect(matching([ANNA, FAMILY], 'fam anna')).toEqual([]);
    expect(matching([ANNA, FAMILY], '  ')).toEqual([ANNA, FAMILY]);
  });

  it('are drawn as the first letters of their first and last name', () => {
    expect(initials('Anna Maria Müller')).toBe('AM');
    expect(initials('grandma')).toBe('G');
    expect(initials('👩‍👩‍👧 Family')).toBe('👩‍👩‍👧F');
    expect(initials('  ')).toBe('');
  });
});
