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
  UNAUTHENTICATED: 'common.sessionEnded',
  UNAVAILABLE: 'common.errorUnavailable',
  FORBIDDEN: 'common.errorForbidden',
  BAD_REQUEST: 'common.errorBadRequest',
  NOT_FOUND: 'common.mistakeNotFound',
};

/** The server's own words are English, and say more than a code. */
export function mistakeText({ code, message }: Mistake): string {
  const key = MISTAKES[code];
  return (language === 'en' && message) || !key ? message || t('common.errorInternal') : t(key);
}

/** What browsers say where a part of the page does not come: in English, with the names of our files. */
const NO_PART = /dynamically imported module|importing a module script|preload css/i;

export function problemText(error: unknown): string {
  if (error instanceof Refused) return error.mistakes.map(mistakeText).join(' ');
  if (error instanceof Error && NO_PART.test(error.message)) return t('common.offline');
  if (!(error instanceof ApiError)) return error instanceof Error && error.message ? error.message : t('common.errorInternal');
  return t(ERRORS[error.code] ?? 'common.errorInternal');
}
