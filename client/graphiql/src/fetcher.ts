// How GraphiQL asks: queries and mutations of one address, subscriptions of another, by GraphQL over SSE in its mode of
// distinct connections.
import type { Fetcher, FetcherOpts, FetcherParams, Observable } from '@graphiql/toolkit';
import { type ExecutionResult, getOperationAST, type OperationDefinitionNode, parse } from 'graphql';

import { readEvents } from './events.ts';
import { fetchSigned, type GraphqlRequest, type GraphqlResult, SessionEnded } from './session.ts';
import { texts } from './texts.ts';

export const fetcher: Fetcher = (request, options) => {
  const operation = operationOf(request);
  // GraphiQL learns of another name a moment after it was typed: a document with one operation needs none.
  const named = { ...request, operationName: operation?.name?.value ?? null };
  return operation?.operation === 'subscription' ? subscribe(named, options) : ask(named, typedHeaders(options));
};

/** Asks, and answers with a result in any case: what went wrong on the way is an error in it. */
export async function ask(request: GraphqlRequest, headers = new Headers()): Promise<GraphqlResult> {
  try {
    headers.set('accept', 'application/graphql-response+json, application/json');
    return (await (await fetchSigned('/graphql', request, headers)).json()) as GraphqlResult;
  } catch (error) {
    return resultOf(error);
  }
}

interface Observer {
  next: (result: GraphqlResult) => void;
  complete: () => void;
}

// An observable rather than an iterator: that one could not be stopped while it waits.
function subscribe(request: FetcherParams, options: FetcherOpts | undefined): Observable<ExecutionResult> {
  const observable = {
    subscribe({ next, complete }: Observer) {
      const stop = new AbortController();
      listen(request, typedHeaders(options), stop.signal, next)
        .catch((error: unknown) => stop.signal.aborted || next(resultOf(error)))
        .finally(() => stop.signal.aborted || complete());
      return { unsubscribe: () => stop.abort() };
    },
  };
  // GraphiQL subscribes with an observer, never with loose functions; its errors have more fields than those that are sent.
  return observable as unknown as Observable<ExecutionResult>;
}

async function listen(
  request: GraphqlRequest,
  headers: Headers,
  signal: AbortSignal,
  next: (result: GraphqlResult) => void,
): Promise<void> {
  headers.set('accept', 'text/event-stream');
  const response = await fetchSigned('/graphql/stream', request, headers, signal);
  // A refusal is no stream.
  if (!response.ok || !response.body) return next((await response.json()) as GraphqlResult);
  for await (const { name, data } of readEvents(response.body)) {
    if (name === 'complete') return;
    if (name === 'next') next(JSON.parse(data) as GraphqlResult);
  }
  next({ errors: [{ message: texts.streamBroke }] });
}

function operationOf({ query, operationName }: FetcherParams): OperationDefinitionNode | null | undefined {
  try {
    const document = parse(query);
    return getOperationAST(document, operationName) ?? getOperationAST(document);
  } catch {
    // What cannot be parsed is for the server to refuse.
    return null;
  }
}

function typedHeaders(options: FetcherOpts | undefined): Headers {
  return new Headers((options?.headers as Record<string, string> | undefined) ?? {});
}

function resultOf(error: unknown): GraphqlResult {
  if (error instanceof SessionEnded) return { errors: [{ message: texts.signedOut }] };
  // `fetch` says nothing more about what went wrong than that it did.
  if (error instanceof TypeError) return { errors: [{ message: texts.unreachable }] };
  return { errors: [{ message: error instanceof Error ? error.message : String(error) }] };
}
