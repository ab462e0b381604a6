import { describe, expect, it, vi } from 'vitest';

// Names come from the API, which a browser's page asks: here it is only chosen of what.
vi.mock('../../access/links', () => ({}));
vi.mock('../../access/users', () => ({}));
vi.mock('../../api', () => ({}));
vi.mock('../../edit/tiles', () => ({}));
vi.mock('../../texts', () => ({}));
vi.mock('../galleries/galleries.svelte', () => ({}));

import { namedOf } from './subjects';

const named = (actorId: string | null, ...subjectIds: string[]): string[] => namedOf({ actorId, subjectIds, action: 'updateGallery', outcome: 'DONE' });

describe('what a line of the log was about', () => {
  it('is the gallery and the person, or one of the pictures', () => {
    expect(named('usr_a', 'usr_b', 'gal_1')).toEqual(['gal_1', 'usr_b']);
    expect(named('usr_a', 'med_1', 'med_2', 'med_3')).toEqual(['med_1']);
  });

  it('is not whoever did it', () => {
    expect(named('usr_a', 'usr_a')).toEqual([]);
  });

  it('is nobody else where somebody signs in; where that fails, it is whom it was tried for', () => {
    const signIn = (outcome: string): string[] => namedOf({ actorId: null, subjectIds: ['usr_a'], action: 'signIn', outcome });
    expect([signIn('DONE'), signIn('WRONG_PASSWORD')]).toEqual([[], ['usr_a']]);
  });

  it('leaves out what has no name', () => {
    expect(named(null, 'xyz_1')).toEqual([]);
  });
});
