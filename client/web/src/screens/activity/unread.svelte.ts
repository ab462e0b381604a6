// Keeps fresh how much happened that one has not read: the dot in the menu.

import { request } from '../../api';
import { Activity } from '../../api/generated/Activity';
import { app } from '../../app.svelte';

const EVERY_MS = 5 * 60_000;

let asked = 0;

async function refreshUnread(): Promise<void> {
  if (!app.user || app.isGuest) return;
  asked = Date.now();
  const { activity } = await request(Activity, { first: 1 });
  app.unread = activity?.unreadCount ?? 0;
}

/** Nobody has asked for this: what fails now is asked again later. */
function quietly(): void {
  refreshUnread().catch(() => {});
}

// Whoever goes back and forth between windows need not ask each time.
const AT_MOST_EVERY_MS = 20_000;

function returned(): void {
  if (document.visibilityState === 'visible' && Date.now() - asked > AT_MOST_EVERY_MS) quietly();
}

/** Asks whenever somebody signs in or comes back to the page, and every few minutes while it is seen. */
export function watchUnread(): void {
  $effect.root(() => {
    $effect(() => {
      if (app.user?.id) quietly();
      else app.unread = 0;
    });
  });
  document.addEventListener('visibilitychange', returned);
  addEventListener('focus', returned);
  setInterval(() => { if (document.visibilityState === 'visible') quietly(); }, EVERY_MS);
}
