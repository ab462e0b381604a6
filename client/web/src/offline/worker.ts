// The service worker, as the page sees it. Without it (a plain-http address in the house) everything works but being
// offline and the share target.

import { loadTexts, t } from '../texts';
import { scriptUrl } from '../trusted';
import { tell } from '../ui/toasts.svelte';

/** How often a page that stays open looks for a new version. */
const LOOK_EVERY_MS = 3600 * 1000;

export async function register(): Promise<void> {
  const registration = await navigator.serviceWorker.register(scriptUrl('/sw.js'));
  if (registration.waiting) await offer(registration);
  registration.addEventListener('updatefound', () => {
    const fresh = registration.installing;
    fresh?.addEventListener('statechange', () => {
      // The first one has nothing to replace.
      if (fresh.state === 'installed' && navigator.serviceWorker.controller) void offer(registration);
    });
  });
  setInterval(() => void registration.update().catch(() => {}), LOOK_EVERY_MS);
}

/** Says that there is a new version. Nothing is loaded anew by itself: somebody may be in the middle of something. */
async function offer(registration: ServiceWorkerRegistration): Promise<void> {
  await loadTexts('uploads');
  tell(t('uploads.newVersion'), {
    label: t('uploads.load'),
    run: () => {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
      registration.waiting?.postMessage('take over');
    },
  });
}
