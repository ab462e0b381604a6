import { expect, test } from 'vitest';

import type { Item } from './items';
import { Interrupted, NotPrepared } from './problems';
import { viewOf } from './view';

const item = (state: Item['state'], problem: unknown = null): Item => ({
  id: state, gallery: { id: 'g', title: 'G' }, name: 'a.jpg', type: 'image/jpeg', size: 1, lastModified: 0, addedAt: 0, sha256: null, mediaId: null,
  state, file: null, progress: 0, problem, duplicate: null, abort: null,
});

test('what cannot be shown has arrived all the same', () => {
  const view = viewOf([item('done'), item('failed', new NotPrepared('Damaged.')), item('failed', new Interrupted(0))]);
  expect(view).toMatchObject({ total: 3, arrived: 2, unseen: 1, counts: { failed: 2, done: 1 } });
});
