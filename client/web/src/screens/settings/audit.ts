// Lines of the audit log in words.

import type { AuditLogQuery } from '../../api/generated/graphql';
import { t, type Key } from '../../texts';

export type Line = NonNullable<AuditLogQuery['auditLog']>['edges'][number]['node'];

const ACTIONS: Readonly<Record<string, Key>> = {
  signIn: 'settings.logSignIn',
  completeSignIn: 'settings.logCompleteSignIn',
  signOut: 'settings.logSignOut',
  changePassword: 'settings.logChangePassword',
  resetUserPassword: 'settings.logResetUserPassword',
  createGallery: 'settings.logCreateGallery',
  updateGallery: 'settings.logUpdateGallery',
  deleteGallery: 'settings.logDeleteGallery',
  reorderGalleries: 'settings.logReorderGalleries',
  setGalleryAccess: 'settings.logSetGalleryAccess',
  requestUpload: 'settings.logRequestUpload',
  finishUpload: 'settings.logFinishUpload',
  cancelUpload: 'settings.logCancelUpload',
  updateMedia: 'settings.logUpdateMedia',
  deleteMedia: 'settings.logDeleteMedia',
  restoreMedia: 'settings.logRestoreMedia',
  reorderMedia: 'settings.logReorderMedia',
  prepareUpright: 'settings.logPrepareUpright',
  addComment: 'settings.logAddComment',
  editComment: 'settings.logEditComment',
  deleteComment: 'settings.logDeleteComment',
  likeMedia: 'settings.logLikeMedia',
  unlikeMedia: 'settings.logUnlikeMedia',
  markActivityRead: 'settings.logMarkActivityRead',
  inviteUser: 'settings.logInviteUser',
  setUserRole: 'settings.logSetUserRole',
  setUserDisabled: 'settings.logSetUserDisabled',
  updateProfile: 'settings.logUpdateProfile',
  createShareLink: 'settings.logCreateShareLink',
  revokeShareLink: 'settings.logRevokeShareLink',
  openShareLink: 'settings.logOpenShareLink',
  startBackup: 'settings.logStartBackup',
};

const OUTCOMES: Readonly<Record<string, Key>> = {
  FORBIDDEN: 'settings.outcomeForbidden',
  WRONG_PASSWORD: 'settings.outcomeWrongPassword',
  LOCKED: 'settings.outcomeLocked',
  NOT_FOUND: 'settings.outcomeNotFound',
  CONFLICT: 'settings.outcomeConflict',
};

/** What was done; the name of the mutation where there are no words for it. */
export function what({ action, subjectIds }: Line): string {
  const key = ACTIONS[action];
  const many = subjectIds.filter(id => id.startsWith('med_')).length;
  const text = key ? t(key) : action;
  return many > 1 ? t('settings.ofMany', { what: text, n: many }) : text;
}

/** Who did it: of a sign-in, whoever is signed in by it. */
export function actorOf({ actorId, action, outcome, subjectIds }: Pick<Line, 'actorId' | 'action' | 'outcome' | 'subjectIds'>): string | null {
  const signedIn = outcome === 'DONE' && (action === 'signIn' || action === 'completeSignIn');
  return actorId ?? (signedIn ? subjectIds.find(id => id.startsWith('usr_')) ?? null : null);
}

export function who({ actor, actorId, actorRole, action }: Line): string {
  if (actor) return actor.displayName;
  if (actorRole === 'GUEST' || action === 'openShareLink') return t('settings.byGuest');
  return actorId === null ? t('settings.byNobody') : t('settings.byGone');
}

/** Why it was not done; null where it was. */
export function refusal({ outcome }: Line): string | null {
  if (outcome === 'DONE') return null;
  const key = OUTCOMES[outcome];
  return t('settings.refused', { reason: key ? t(key) : outcome });
}
