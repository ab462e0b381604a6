// Short messages at the edge of the page.

import { isOffline, isSignedOut, isTrouble } from '../api';
import { sessionEvents } from '../api/session';
import { t } from '../texts';

export interface Toast {
  id: number;
  text: string;
  bad: boolean;
  action: { label: string; run: () => unknown } | null;
}

const SHOWN_MS = 5000;
// What can be undone, or went wrong, wants more time.
const LONG_MS = 10_000;

class Toasts {
  shown: Toast[] = $state.raw([]);
  /** How many modal dialogs show them themselves: all outside of such a dialog is out of reach. */
  inside = $state(0);
  #next = 0;

  tell(text: string, { bad = false, action = null }: Partial<Pick<Toast, 'bad' | 'action'>> = {}): void {
    const toast: Toast = { id: this.#next++, text, bad, action };
    this.shown = [...this.shown.slice(-2), toast];
    setTimeout(() => this.drop(toast.id), bad || action ? LONG_MS : SHOWN_MS);
  }

  drop(id: number): void {
    this.shown = this.shown.filter(toast => toast.id !== id);
  }
}

export const toasts = new Toasts();
// They are not for whoever comes next, and what they would undo is not theirs.
sessionEvents.addEventListener('ended', () => { toasts.shown = []; });

export const tell = (text: string, action: Toast['action'] = null): void => toasts.tell(text, { action });

/** Tells what went wrong. That a session is over shows by the sign-in screen. */
export function tellProblem(error: unknown): void {
  if (isSignedOut(error)) return;
  if (error instanceof DOMException && error.name === 'AbortError') return;
  void words(error).then(text => toasts.tell(text, { bad: true }));
}

/** What went wrong, in words. They are loaded apart: no page begins with a mistake. */
export async function words(error: unknown): Promise<string> {
  if (isOffline(error)) return t(isTrouble(error) ? 'common.trouble' : 'common.offline');
  try {
    return (await import('../texts/mistakes')).problemText(error);
  } catch {
    return t('common.errorInternal');
  }
}
