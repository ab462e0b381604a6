import viewer from '../../operations/viewer.graphql?raw';
import { ask } from './fetcher.ts';

/** Who is signed in. */
export interface Person {
  displayName: string;
}

/** Asks who is signed in; without an answer, `reason` says why there is none. */
export async function loadPerson(): Promise<{ person: Person | null; reason: string }> {
  const { data, errors } = await ask({ query: viewer });
  return { person: (data?.['viewer'] as Person | null | undefined) ?? null, reason: errors?.[0]?.message ?? '' };
}
