// Who is signed in: tokens, and their renewal.
//
// The refresh token is kept in localStorage, so that a phone stays signed in and all tabs share one session. The API is
// behind a bearer token, not a cookie: there is nothing that another site could ride on. What it costs is that a script
// running in this page could read it; the content security policy (own scripts only, no inline code, trusted types) is what
// stands against that. The access token, which opens everything at once, stays in memory. A guest of a share link has a
// session of the tab alone, which does not touch that of the family.

import { ApiError } from './errors';
import { RefreshSession } from './generated/RefreshSession';
import type { RefreshSessionMutation } from './generated/graphql';
import { dataOf, send } from './http';

const STORED = 'mantel.refreshToken';
const GUEST = 'mantel.guestToken';
/** Set when the session ended by itself, for the other tabs, which see no more than that it is gone. */
const ENDED = 'mantel.sessionEnded';
/** Set in a tab in which the visit of a guest ended by itself: it stays so when it is loaded anew, until one leaves the visit. */
const VISIT_OVER = 'mantel.visitOver';
const LOCK = 'mantel.session';

export interface Tokens {
  accessToken: string;
  refreshToken: string;
}

let accessToken: string | null = null;
let renewing: Promise<string> | null = null;

/** How a session ended. */
export interface Ended {
  /** It was the person's own doing. */
  byChoice: boolean;
  /** It was that of a guest. */
  guest: boolean;
  /** It ended in this tab alone: what the browser keeps for the family stays. */
  here: boolean;
}

/** Tells that nobody is signed in any more: `ended`, with how in its detail. */
export const sessionEvents = new EventTarget();

export const isGuest = (): boolean => sessionStorage.getItem(GUEST) !== null;
export const isVisitOver = (): boolean => sessionStorage.getItem(VISIT_OVER) !== null;
export const forgetVisit = (): void => sessionStorage.removeItem(VISIT_OVER);
export const hasSession = (): boolean => accessToken !== null || refreshToken() !== null;

/** What the browser keeps of the session, for `signOut`. */
export function refreshToken(): string | null {
  return sessionStorage.getItem(GUEST) ?? (isVisitOver() ? null : localStorage.getItem(STORED));
}

export function openSession(tokens: Tokens): void {
  sessionStorage.removeItem(GUEST);
  forgetVisit();
  // Somebody signed in in another tab meanwhile: that ends there, so that no tab shows one's pictures in another's session.
  if (localStorage.getItem(STORED) !== null) forgetSession(false);
  accessToken = tokens.accessToken;
  localStorage.setItem(STORED, tokens.refreshToken);
}

/** Opens the session of a guest, in this tab alone. */
export function openGuestSession(tokens: Tokens): void {
  // What the family began in this tab, uploads above all, must not go on in the guest's name.
  if (hasSession() && !isGuest()) tellEnd({ byChoice: false, guest: false, here: true });
  accessToken = tokens.accessToken;
  forgetVisit();
  sessionStorage.setItem(GUEST, tokens.refreshToken);
}

export function forgetSession(byChoice: boolean): void {
  const guest = isGuest();
  accessToken = null;
  if (guest) {
    sessionStorage.removeItem(GUEST);
    if (!byChoice) sessionStorage.setItem(VISIT_OVER, '1');
  }
  else {
    // First why, then that: the other tabs look at it when they hear of the end.
    if (byChoice) localStorage.removeItem(ENDED);
    else localStorage.setItem(ENDED, '1');
    localStorage.removeItem(STORED);
  }
  tellEnd({ byChoice, guest, here: guest });
}

const tellEnd = (detail: Ended): void => { sessionEvents.dispatchEvent(new CustomEvent<Ended>('ended', { detail })); };

/** The access token; a new one where it is not `used`, which was refused. Throws `UNAUTHENTICATED` where the session is over. */
export async function access(used: string | null): Promise<string> {
  if (accessToken !== null && accessToken !== used) return accessToken;
  renewing ??= alone(renew).finally(() => { renewing = null; });
  return renewing;
}

/** Runs this in one tab at a time, where the browser can tell tabs apart. */
function alone<T>(run: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request(LOCK, run) as Promise<T> : run();
}

async function renew(): Promise<string> {
  const [place, name] = isGuest() ? [sessionStorage, GUEST] as const : [localStorage, STORED] as const;
  const token = place.getItem(name);
  // What a guest still asks for after the visit is not asked for in the family's name.
  if (token === null || isVisitOver()) throw over();
  const answer = await send(RefreshSession, { input: { refreshToken: token } }, null);
  // Meanwhile somebody signed out, or somebody else in: what comes late belongs to nobody.
  if (place.getItem(name) !== token) throw changed();
  const session = dataOf<RefreshSessionMutation>(answer).refreshSession?.session;
  const current = refreshToken() === token;
  if (!session) throw current ? over() : changed();
  // Renewing may hand out another refresh token; the old one is then of no use.
  place.setItem(name, session.refreshToken);
  // A share link was opened in this tab: the family's session goes on in the others.
  if (!current) throw changed();
  accessToken = session.accessToken;
  return session.accessToken;
}

/** Ends the session, and says so. */
export function over(): ApiError {
  if (hasSession()) forgetSession(false);
  return new ApiError('UNAUTHENTICATED', 'session over');
}

const changed = (): ApiError => new ApiError('UNAUTHENTICATED', 'session changed');

/** Calls back when somebody signed in in another tab, and when the session was renewed there. */
export function onOpenedElsewhere(hear: () => void): void {
  window.addEventListener('storage', event => {
    if (event.key === STORED && event.newValue !== null) hear();
  });
}

// What ends in one tab ends in all of them. A key of null says that everything was cleared.
window.addEventListener('storage', event => {
  const ended = event.key === null || (event.key === STORED && event.newValue === null);
  if (ended && !isGuest() && !isVisitOver()) {
    accessToken = null;
    tellEnd({ byChoice: localStorage.getItem(ENDED) === null, guest: false, here: false });
  }
});
