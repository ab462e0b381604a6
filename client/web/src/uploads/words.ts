// What the panel says.

import { t } from '../texts';
import { bytes } from '../texts/format';
import { language } from '../texts';
import { problemText } from '../texts/mistakes';
import { EmptyFile, Interrupted, NotPrepared, NotTaken, Unreadable, WrongKind } from './problems';
import type { View } from './view';

/** What went wrong with a file, and what to do. */
export function problemLine(error: unknown): string {
  if (error instanceof WrongKind) return t('uploads.wrongKind');
  if (error instanceof EmptyFile) return t('uploads.emptyFile');
  if (error instanceof Unreadable) return t('uploads.unreadable');
  if (error instanceof Interrupted) return t('uploads.brokeOff');
  if (error instanceof NotTaken) return t('uploads.notTaken', { status: String(error.status) });
  // The server's own words are English, and say it all.
  if (error instanceof NotPrepared) return (language === 'en' && error.message) || t('uploads.notPrepared');
  return problemText(error);
}

/** How much longer, roughly: whoever waits wants to know whether to wait. */
function timeLeft(seconds: number): string {
  if (seconds < 50) return t('uploads.underAMinute');
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? t('uploads.minutes', { n: Math.max(1, minutes) }) : t('uploads.hours', { n: Math.round(minutes / 60) });
}

/** What of it went wrong. That some are safe, all the same, is said apart from what did not arrive. */
function failures({ arrived, counts, unseen }: View): string {
  const parts: string[] = [];
  const lost = counts.failed - unseen;
  const added = arrived - counts.duplicate - unseen;
  if (lost > 0) parts.push(t('uploads.someFailed', { n: lost }));
  else if (added > 0) parts.push(t('uploads.added', { n: added }));
  if (unseen > 0) parts.push(t('uploads.someUnseen', { n: unseen }));
  return parts.length > 1 ? parts.map(part => `${part}.`).join(' ') : parts.join('');
}

/** All of it in a line. */
export function summary(view: View, speed: number, isOnline: boolean): string {
  const { total, arrived, counts, bytesLeft } = view;
  const pending = counts.waiting + counts.hashing + counts.sending;
  if (pending > 0) {
    const parts = [t('uploads.someOf', { arrived, n: total })];
    if (!isOnline) parts.push(t('uploads.waitsForConnection'));
    else if (speed > 0) parts.push(t('uploads.perSecond', { bytes: bytes(speed) }), timeLeft(bytesLeft / speed));
    return parts.join(' · ');
  }
  if (counts.missing > 0) return t('uploads.interrupted', { n: counts.missing });
  if (counts.preparing > 0) return t('uploads.allPreparing', { n: counts.preparing });
  if (counts.failed > 0) return failures(view);
  if (counts.duplicate === total) return t('uploads.allDuplicates', { n: total });
  return t('uploads.allArrived', { n: arrived - counts.duplicate });
}

/** For whoever listens: the beginning and the end alone, as everything else would be chatter. */
export function spoken(view: View): string {
  const { total, counts } = view;
  const pending = counts.waiting + counts.hashing + counts.sending;
  if (total === 0) return '';
  return pending > 0 ? t('uploads.begun') : summary(view, 0, true);
}
