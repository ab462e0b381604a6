// What one may do with a picture. The server decides; this is what it said.

import { request } from '../api';
import { Media } from '../api/generated/Media';
import { app } from '../app.svelte';

export interface Rights {
  edit: boolean;
  delete: boolean;
  download: boolean;
}

export const NO_RIGHTS: Rights = { edit: false, delete: false, download: false };
const ALL_RIGHTS: Rights = { edit: true, delete: true, download: true };

// By person: another one may sign in without the page being loaded anew.
const known = new Map<string, Promise<Rights>>();
const KEPT = 500;

function rightsOf(id: string): Promise<Rights> {
  if (app.isAdmin) return Promise.resolve(ALL_RIGHTS);
  const key = `${app.user?.id} ${id}`;
  let asked = known.get(key);
  if (!asked) {
    if (known.size >= KEPT) known.clear();
    asked = request(Media, { id, commentsFirst: 1 }).then(({ media }) => media?.viewerCan ?? NO_RIGHTS);
    known.set(key, asked);
    asked.catch(() => known.delete(key));
  }
  return asked;
}

/** What one may do with one of these at least. Of many the first are looked at: the server refuses what is not allowed. */
export async function rightsOfSome(ids: readonly string[]): Promise<Rights> {
  const LOOKED_AT = 24;
  const AT_ONCE = 4;
  let sum = NO_RIGHTS;
  for (let at = 0; at < Math.min(ids.length, LOOKED_AT); at += AT_ONCE) {
    for (const rights of await Promise.all(ids.slice(at, at + AT_ONCE).map(rightsOf))) {
      sum = { edit: sum.edit || rights.edit, delete: sum.delete || rights.delete, download: sum.download || rights.download };
    }
    if (sum.edit && sum.delete && sum.download) break;
  }
  return sum;
}
