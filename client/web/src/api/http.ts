// One request to the API, as it is: no session, no retry.

import { config } from './config';
import { connection, type Reach } from '../offline/connection.svelte';
import { ApiError } from './errors';

interface GraphqlError {
  message: string;
  extensions?: { code?: string; requestId?: string };
}

export interface Answer {
  status: number;
  body: { data?: unknown; errors?: GraphqlError[] } | null;
}

/** Sends a document. Throws `OFFLINE` where no answer comes, and `TROUBLE` where one comes that is not Mantel's. */
export async function send(query: string, variables: unknown, token: string | null, signal?: AbortSignal): Promise<Answer> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
  };
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  let response: Response;
  let text: string;
  try {
    const { graphql } = await config();
    response = await fetch(graphql, { method: 'POST', headers, body: JSON.stringify({ query, variables }), signal: signal ?? null });
    // An answer may break off halfway, too.
    text = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    throw lost('offline', error instanceof Error ? error.message : 'no answer');
  }
  const body = parsed(text);
  // A proxy before Mantel answers in its own words while Mantel starts, or fails.
  if (response.status >= 500 && !body?.data && !body?.errors) throw lost('trouble', `status ${response.status}`);
  connection.reach = 'online';
  return { status: response.status, body };
}

const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 30_000;
/** What fails again so soon is the same fault: the pauses go on growing. */
const SAME_FAULT_MS = 60_000;
let waitMs = FIRST_WAIT_MS;
let trying = false;

function lost(reach: Exclude<Reach, 'online'>, message: string): ApiError {
  connection.reach = reach;
  if (!trying) void tryAgain();
  return new ApiError(reach === 'offline' ? 'OFFLINE' : 'TROUBLE', message);
}

/** Asks for next to nothing, more and more seldom, until Mantel answers: what waits for that goes on then. */
async function tryAgain(): Promise<void> {
  trying = true;
  while (!connection.online) {
    await new Promise(resolve => setTimeout(resolve, waitMs));
    if (connection.online || document.hidden || !navigator.onLine) continue;
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    await send('{__typename}', {}, null).catch(() => {});
  }
  trying = false;
  setTimeout(() => { waitMs = FIRST_WAIT_MS; }, SAME_FAULT_MS);
}

/** Null where it is no answer of Mantel's. */
function parsed(text: string): Answer['body'] {
  try {
    return JSON.parse(text) as Answer['body'];
  } catch {
    return null;
  }
}

export function isUnauthenticated({ status, body }: Answer): boolean {
  return status === 401 || Boolean(body?.errors?.some(error => error.extensions?.code === 'UNAUTHENTICATED'));
}

/** The data of an answer. Throws what the server says where there is none, or where a field failed. */
export function dataOf<Data>({ status, body }: Answer): Data {
  const error = body?.errors?.[0];
  if (error) throw new ApiError(error.extensions?.code ?? 'INTERNAL', error.message, error.extensions?.requestId ?? null);
  if (!body?.data) throw new ApiError('INTERNAL', `status ${status}`);
  return body.data as Data;
}
