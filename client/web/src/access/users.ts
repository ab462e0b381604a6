// The people with an account, for admins.

import { request } from '../api';
import type { UsersQuery } from '../api/generated/graphql';
import { Users } from '../api/generated/Users';
import { allPages } from '../api/pages';

type Listed = NonNullable<UsersQuery['users']>['edges'][number]['node'];

/** What a change of an account answers has no picture of the person. */
export type Account = Omit<Listed, 'avatar'> & Partial<Pick<Listed, 'avatar'>>;

/** Everyone with an account, by name. */
export async function allUsers(): Promise<Account[]> {
  return await allPages(async after => (await request(Users, { first: 100, after })).users) ?? [];
}

/** Whether several people use it: such accounts stand on the sign-in page, and have no address. */
export const isShared = (account: Account): boolean => account.email === null;

/** Those whose name or address has all the words of `wanted` in it. */
export function matching<Of extends { displayName: string; email: string | null }>(accounts: readonly Of[], wanted: string): Of[] {
  const words = folded(wanted).split(/\s+/).filter(Boolean);
  return accounts.filter(({ displayName, email }) => {
    const text = folded(`${displayName} ${email ?? ''}`);
    return words.every(word => text.includes(word));
  });
}

const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
