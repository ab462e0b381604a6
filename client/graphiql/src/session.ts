// The session that the web client opened in this browser. The refresh token lies where the web client keeps it; the access
// token, which opens everything at once, stays in memory.
import refreshSession from '../../operations/refresh-session.graphql?raw';

const STORED = 'mantel.refreshToken';
/** Set when the session ended by itself: tabs of the web client then keep what is on its way. */
const ENDED = 'mantel.sessionEnded';
/** Held while the session is renewed, by all tabs of the site: a refresh token may be good for one renewal only. */
const LOCK = 'mantel.session';

export interface GraphqlRequest {
  query: string;
  operationName?: string | null | undefined;
  variables?: unknown;
}

export interface GraphqlResult {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

interface Session {
  accessToken: string;
  refreshToken: string;
}

/** Nobody is signed in any more. */
export class SessionEnded extends Error {}

/** Says `change` when somebody signed in or out, here or in another tab. */
export const sessionEvents = new EventTarget();

let accessToken: string | null = null;

export const isSignedIn = () => localStorage.getItem(STORED) !== null;

addEventListener('storage', event => {
  // A key of null says that everything was cleared.
  if (event.key !== STORED && event.key !== null) return;
  // Another tab renewed the session, or somebody else signed in there: what is in memory may be the one's before.
  accessToken = null;
  sessionEvents.dispatchEvent(new Event('change'));
});

/** Sends a request as whoever is signed in; renews the session where it has run out, and sends it again. */
export async function fetchSigned(
  url: string,
  request: GraphqlRequest,
  headers: Headers,
  signal: AbortSignal | null = null,
): Promise<Response> {
  // Who types a header of this name tries something out with another session.
  if (headers.has('authorization')) return post(url, request, headers, signal);
  const first = accessToken ?? (await renew(null));
  const response = await post(url, request, withToken(headers, first), signal);
  if (!(await isUnauthenticated(response))) return response;
  return post(url, request, withToken(headers, await renew(first)), signal);
}

function withToken(headers: Headers, token: string): Headers {
  const signed = new Headers(headers);
  signed.set('authorization', `Bearer ${token}`);
  return signed;
}

function post(
  url: string,
  { query, operationName, variables }: GraphqlRequest,
  headers: Headers,
  signal: AbortSignal | null = null,
): Promise<Response> {
  const sent = new Headers(headers);
  sent.set('content-type', 'application/json');
  const body = JSON.stringify({ query, operationName, variables });
  return fetch(url, { method: 'POST', headers: sent, body, signal });
}

/** A new access token in place of `used`, unless somebody got one meanwhile. */
function renew(used: string | null): Promise<string> {
  const inTurn = async () => (accessToken !== null && accessToken !== used ? accessToken : openSession());
  // Plain http from another machine has no locks; a renewal at the same moment in two tabs is then a matter of luck.
  return navigator.locks ? navigator.locks.request(LOCK, inTurn) : inTurn();
}

async function openSession(): Promise<string> {
  const refreshToken = localStorage.getItem(STORED);
  if (refreshToken === null) throw ended();
  const request = { query: refreshSession, variables: { input: { refreshToken } } };
  const response = await post('/graphql', request, new Headers({ accept: 'application/json' }));
  const { data, errors } = (await response.json()) as GraphqlResult;
  const session = (data?.['refreshSession'] as { session: Session | null } | null | undefined)?.session;
  // Meanwhile somebody signed out, or somebody else in: what comes late must not undo that.
  if (session && localStorage.getItem(STORED) !== refreshToken) throw ended();
  if (session) {
    accessToken = session.accessToken;
    localStorage.setItem(STORED, session.refreshToken);
    return session.accessToken;
  }
  // A fault of the server says nothing about the session.
  if (errors) throw new Error(errors[0]?.message);
  if (localStorage.getItem(STORED) === refreshToken) {
    localStorage.setItem(ENDED, '1');
    localStorage.removeItem(STORED);
  }
  throw ended();
}

function ended(): SessionEnded {
  accessToken = null;
  sessionEvents.dispatchEvent(new Event('change'));
  return new SessionEnded();
}

async function isUnauthenticated(response: Response): Promise<boolean> {
  if (response.status === 401) return true;
  if (!response.headers.get('content-type')?.includes('json')) return false;
  const { errors } = (await response.clone().json()) as GraphqlResult;
  return errors?.some(error => error.extensions?.code === 'UNAUTHENTICATED') ?? false;
}
