// The API as the rest of the page uses it.

import { Refused, type Mistake } from './errors';
import { dataOf, isUnauthenticated, send } from './http';
import type { Operation } from './operation';
import { access, over } from './session';

export { ApiError, isOffline, isSignedOut, isTrouble, Refused, type Mistake } from './errors';

/** Runs an operation as whoever is signed in. */
export async function request<Data, Variables>(operation: Operation<Data, Variables>, variables: Variables, signal?: AbortSignal): Promise<Data> {
  let token = await access(null);
  let answer = await send(operation, variables, token, signal);
  if (isUnauthenticated(answer)) {
    token = await access(token);
    answer = await send(operation, variables, token, signal);
    // A new session that is not taken either: the account was closed, or signed out everywhere.
    if (isUnauthenticated(answer)) throw over();
  }
  return dataOf<Data>(answer);
}

/** Runs an operation that is open to everybody. */
export async function requestOpenly<Data, Variables>(operation: Operation<Data, Variables>, variables: Variables): Promise<Data> {
  return dataOf<Data>(await send(operation, variables, null));
}

/** What a mutation answered, once nothing was wrong with it. Throws `Refused` otherwise. */
export function accepted<Payload extends { userErrors: Mistake[] }>(payload: Payload | null | undefined): Payload {
  if (!payload) throw new Refused([{ code: 'INTERNAL', message: '' }]);
  if (payload.userErrors.length > 0) throw new Refused(payload.userErrors);
  return payload;
}
