// One request to the API, as it is: no session, no retry.

import { config } from './config';
import { connection } from '../offline/connection.svelte';
import { ApiError } from './errors';

interface GraphqlError {
  message: string;
  extensions?: { code?: string; requestId?: string };
}

export interface Answer {
  status: number;
  body: { data?: unknown; errors?: GraphqlError[] } | null;
}

/** Sends a document. Throws `OFFLINE` where no answer comes. */
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
    connection.online = false;
    throw new ApiError('OFFLINE', error instanceof Error ? error.message : 'no answer');
  }
  const body = parsed(text);
  // A proxy before Mantel answers with pages of its own while Mantel starts.
  connection.online = body !== null || response.status < 502;
  if (!connection.online) throw new ApiError('OFFLINE', `status ${response.status}`);
  return { status: response.status, body };
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
