// What admins do with accounts.

import { accepted, request } from '../../api';
import type { InviteUserInput, Role } from '../../api/generated/graphql';
import { InviteUser } from '../../api/generated/InviteUser';
import { ResetUserPassword } from '../../api/generated/ResetUserPassword';
import { SetUserDisabled } from '../../api/generated/SetUserDisabled';
import { SetUserRole } from '../../api/generated/SetUserRole';
import type { Account } from '../../access/users';

/** An account with the password that opens it once. */
export interface Opened {
  person: Account;
  password: string;
}

export async function invite(input: InviteUserInput): Promise<Opened> {
  const { user, temporaryPassword } = accepted((await request(InviteUser, { input })).inviteUser);
  return { person: user!, password: temporaryPassword! };
}

export async function resetPassword(userId: string): Promise<Opened> {
  const { user, temporaryPassword } = accepted((await request(ResetUserPassword, { input: { userId } })).resetUserPassword);
  return { person: user!, password: temporaryPassword! };
}

export async function setRole(userId: string, role: Role): Promise<Account> {
  return accepted((await request(SetUserRole, { input: { userId, role } })).setUserRole).user!;
}

export async function setClosed(userId: string, disabled: boolean): Promise<Account> {
  return accepted((await request(SetUserDisabled, { input: { userId, disabled } })).setUserDisabled).user!;
}
