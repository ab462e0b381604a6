// What is still here when Mantel is out of reach, and what must not be here any more once somebody signed out.

import { isOffline, request } from '../api';
import type { Operation } from '../api/operation';
import { isGuest, sessionEvents, type Ended } from '../api/session';
import { ANSWERS, FILES, THUMBNAILS } from './names';

/** What shows comes first: pictures, and the parts of the page that show them. */
const KEPT_AFTER_MS = 2000;
/** Whose answers and pictures are kept. */
const OWNER = 'mantel.answersOf';

/** Changes when the session does: what was asked before belongs to nobody then. */
let era = 0;

/** Like `request`; where nothing answers, what was answered last. Not for guests: the browser is often not theirs. */
export async function requestOrLast<Data, Variables>(operation: Operation<Data, Variables>, variables: Variables, signal?: AbortSignal): Promise<Data> {
  const key = `${/\w+ (\w+)/.exec(operation)?.[1]} ${JSON.stringify(variables)}`;
  const asked = era;
  const keeps = !isGuest();
  try {
    const data = await request(operation, variables, signal);
    if (keeps) setTimeout(keep, KEPT_AFTER_MS, key, data, asked);
    return data;
  } catch (error) {
    if (!isOffline(error)) throw error;
    const known = keeps && asked === era ? await import('./answers').then(({ recall }) => recall(key), () => undefined) : undefined;
    if (known === undefined) throw error;
    return known as Data;
  }
}

async function keep(key: string, data: unknown, asked: number): Promise<void> {
  // Without this part of the page, where it cannot be loaded, nothing is kept.
  const answers = await import('./answers').catch(() => null);
  if (asked === era) await answers?.remember(key, data, () => asked === era);
}

/** What is kept from now on is this person's; what is there of another goes. */
export function belongTo(person: string): void {
  const before = localStorage.getItem(OWNER);
  if (before !== null && before !== person) deleteSeen();
  localStorage.setItem(OWNER, person);
}

sessionEvents.addEventListener('ended', event => {
  const { byChoice, here } = (event as CustomEvent<Ended>).detail;
  era += 1;
  // A guest of a tab leaves the family's things alone.
  if (here) return;
  deleteSeen();
  // A session that ended by itself keeps what is on its way, for the same person to go on with.
  if (byChoice) {
    deleteDatabase(FILES);
    localStorage.removeItem('mantel.uploads');
    deletePersonal(localStorage);
    deletePersonal(sessionStorage);
  }
});

function deleteSeen(): void {
  localStorage.removeItem(OWNER);
  deleteDatabase(ANSWERS);
  if ('caches' in globalThis) void caches.delete(THUMBNAILS);
  navigator.serviceWorker?.controller?.postMessage('forget');
}

/** The name one comments by, searches, comments begun and not sent yet, and what was written in GraphiQL. */
const PERSONAL = /^(mantel\.(authorName$|searches\.|draft\.|unsent\.)|graphiql:)/;

function deletePersonal(storage: Storage): void {
  for (const key of Object.keys(storage)) if (PERSONAL.test(key)) storage.removeItem(key);
}

function deleteDatabase(name: string): void {
  try {
    indexedDB.deleteDatabase(name);
  } catch {
    // There is none.
  }
}
