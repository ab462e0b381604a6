// The GraphQL API and the session. Nothing here touches the page.

// The refresh token is kept in localStorage so that a phone stays signed in and all tabs share one session: the API
// lives behind a bearer token, not a cookie, so there is nothing that another site could ride on. What it costs is that
// a script running in this page could read it; the content security policy (own scripts only, no inline code, trusted
// types) is what stands against that. The access token, which opens everything at once, stays in memory only.
const STORED = 'mantel.refreshToken';

let accessToken = null;
let refreshing = null;

/** A request that failed for a reason the caller cannot correct by typing something else. */
export class ApiError extends Error {
  constructor(code, message, requestId) {
    super(requestId ? `${message} (request ${requestId})` : message);
    this.code = code;
  }
}

/** Tells the page that nobody is signed in any more; `detail` is the reason, or null. */
export const sessionEnded = new EventTarget();

export const hasSession = () => accessToken !== null || stored() !== null;

/** Runs one operation as whoever is signed in, and answers its `data`. */
export async function graphql(query, variables = {}) {
  const { status, body } = await authorized(query, variables);
  return dataOf(status, body);
}

/** Runs one operation that answers a payload: `{ ..., userErrors }`. */
export async function mutate(query, variables = {}) {
  const data = await graphql(query, variables);
  return Object.values(data)[0];
}

/** Runs one operation without a session: the doors that are open to everybody. */
export async function graphqlOpenly(query, variables = {}) {
  const { status, body } = await send(query, variables, null);
  return dataOf(status, body);
}

/** Runs one operation and answers it as it came, with status: for the console. */
export async function authorized(query, variables = {}) {
  if (accessToken === null && stored() !== null) await refresh();
  const used = accessToken;
  const answer = await send(query, variables, used);
  if (!isUnauthenticated(answer) || used === null) return answer;
  // Another request may have refreshed the session while this one was on its way.
  if (used === accessToken) await refresh();
  const second = await send(query, variables, accessToken);
  // A new session that is not taken either: the account was closed, or signed out everywhere.
  if (isUnauthenticated(second)) throw endSession();
  return second;
}

export function openSession(session) {
  accessToken = session.accessToken;
  // Renewing may hand out another refresh token; the old one is then of no use.
  localStorage.setItem(STORED, session.refreshToken);
}

export async function signOut(everywhere) {
  const payload = await mutate(
    'mutation($input: SignOutInput!) { signOut(input: $input) { userErrors { message } } }',
    { input: { refreshToken: stored(), everywhere } },
  );
  if (payload.userErrors.length) throw new ApiError('INVALID', payload.userErrors[0].message);
  forgetSession(null);
}

export function forgetSession(reason) {
  accessToken = null;
  localStorage.removeItem(STORED);
  sessionEnded.dispatchEvent(new CustomEvent('ended', { detail: reason }));
}

// Signing out in one tab counts in all of them.
addEventListener('storage', event => {
  if (event.key === STORED && event.newValue === null) forgetSession(null);
});

function stored() {
  return localStorage.getItem(STORED);
}

/** Renews the session; callers at the same moment share one request. */
function refresh() {
  refreshing ??= renew().finally(() => { refreshing = null; });
  return refreshing;
}

async function renew() {
  const refreshToken = stored();
  if (refreshToken === null) throw endSession();
  const data = await graphqlOpenly(
    `mutation($input: RefreshSessionInput!) {
      refreshSession(input: $input) { session { accessToken refreshToken } userErrors { message } }
    }`,
    { input: { refreshToken } },
  );
  const { session } = data.refreshSession;
  if (!session) throw endSession();
  openSession(session);
}

function endSession() {
  const message = 'Your session has ended. Please sign in again.';
  forgetSession(message);
  return new ApiError('UNAUTHENTICATED', message);
}

async function send(query, variables, token) {
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json' };
  if (token !== null) headers.authorization = `Bearer ${token}`;
  let response;
  try {
    response = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  } catch {
    throw new ApiError('OFFLINE', 'Mantel cannot be reached. Please check the connection and try again.');
  }
  const body = await response.json().catch(() => null);
  return { status: response.status, body };
}

function isUnauthenticated({ status, body }) {
  return status === 401 || Boolean(body?.errors?.some(error => error.extensions?.code === 'UNAUTHENTICATED'));
}

function dataOf(status, body) {
  const error = body?.errors?.[0];
  if (error) throw new ApiError(error.extensions?.code ?? 'INTERNAL', error.message, error.extensions?.requestId);
  if (!body?.data) throw new ApiError('INTERNAL', `Mantel answered in a way this page does not know (${status}).`);
  return body.data;
}
