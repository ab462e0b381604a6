// What went wrong, in the language of whoever looks.

import { ApiError, Refused, type Mistake } from '../api/errors';
import { language, t, type Key } from './index';

const MISTAKES: Readonly<Record<string, Key>> = {
  INVALID: 'common.mistakeInvalid',
  TOO_LONG: 'common.mistakeTooLong',
  BLANK: 'common.mistakeBlank',
  NOT_FOUND: 'common.mistakeNotFound',
  FORBIDDEN: 'common.mistakeForbidden',
  CONFLICT: 'common.mistakeConflict',
  TAKEN: 'common.mistakeTaken',
  TOO_MANY: 'common.mistakeTooMany',
  TOO_LARGE: 'common.mistakeTooLarge',
  UNSUPPORTED_TYPE: 'common.mistakeUnsupportedType',
  EXPIRED: 'common.mistakeExpired',
  WRONG_PASSWORD: 'common.mistakeWrongPassword',
  LOCKED: 'common.mistakeLocked',
  LAST_ADMIN: 'common.mistakeLastAdmin',
};

const ERRORS: Readonly<Record<string, Key>> = {
  OFFLINE: 'common.offline',
  TROUBLE: 'common.trouble',
  UNAUTHENTICATED: 'common.sessionEnded',
  UNAVAILABLE: 'common.errorUnavailable',
  FORBIDDEN: 'common.errorForbidden',
  BAD_REQUEST: 'common.errorBadRequest',
  NOT_FOUND: 'common.mistakeNotFound',
};

/** What is wanted of a field, where that can be said shortly. By its name in the schema. */
const WANTED: Readonly<Record<string, Key>> = {
  newPassword: 'common.mistakeNewPassword',
  email: 'common.mistakeEmail',
};

function keyOf({ code, path }: Mistake, fields: readonly string[]): Key | undefined {
  if (code === 'INVALID') return WANTED[path?.at(-1) ?? ''] ?? MISTAKES[code];
  // Where a name was typed, too, nobody is told which of the two is wrong.
  if (code === 'WRONG_PASSWORD' && !fields.includes('email')) return 'common.mistakePassword';
  return MISTAKES[code];
}

/** The server's own words are English, and say more than a code, but not how long a lock lasts. `fields` are those of the form. */
export function mistakeText(mistake: Mistake, fields: readonly string[] = []): string {
  const { message } = mistake;
  const key = keyOf(mistake, fields);
  return (language === 'en' && message && mistake.code !== 'LOCKED') || !key ? message || t('common.errorInternal') : t(key);
}

/** What browsers say where a part of the page does not come: in English, with the names of our files. */
const NO_PART = /dynamically imported module|importing a module script|preload css/i;

/** A failure that says itself what went wrong, in the language of whoever looks. */
export class Told extends Error {}

export function problemText(error: unknown): string {
  if (error instanceof Refused) return error.mistakes.map(mistake => mistakeText(mistake)).join(' ');
  if (error instanceof Told) return error.message;
  if (error instanceof Error && NO_PART.test(error.message)) return t('common.offline');
  // The words of a browser's own errors are for developers.
  if (!(error instanceof ApiError)) return t('common.errorInternal');
  return t(ERRORS[error.code] ?? 'common.errorInternal');
}
