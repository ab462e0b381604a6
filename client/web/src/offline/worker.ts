// A new version of the page is here, and waits until it may take over.

import { loadTexts, t } from '../texts';
import { tell } from '../ui/toasts.svelte';

/** Tells of it once it is all here. Nothing is loaded anew by itself: somebody may be in the middle of something. */
export function offer(registration: ServiceWorkerRegistration): void {
  const { installing } = registration;
  if (registration.waiting) return void tellOf(registration);
  installing?.addEventListener('statechange', () => {
    if (installing.state === 'installed') void tellOf(registration);
  });
}

async function tellOf(registration: ServiceWorkerRegistration): Promise<void> {
  await loadTexts('uploads');
  tell(t('uploads.newVersion'), {
    label: t('uploads.load'),
    run: () => {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
      registration.waiting?.postMessage('take over');
    },
  });
}
