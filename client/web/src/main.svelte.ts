import './styles/app.css';
import './theme.svelte';

import { mount } from 'svelte';

import { app } from './app.svelte';
import App from './App.svelte';
import { loadTexts, showLanguage } from './texts';
import { scriptUrl } from './trusted';

/** How often it is looked for a new version. */
const LOOK_EVERY_MS = 3_600_000;

showLanguage();
// Not by `await`: parts that are loaded meanwhile import from the file that this is in, and would wait for its end.
void Promise.all([loadTexts('common'), app.start()]).then(() => {
  mount(App, { target: document.getElementById('app')! });
  $effect.root(() => {
    $effect(watchNews);
  });
});

let watched = false;

/** From the first sign-in on, how much is new is kept fresh. */
function watchNews(): void {
  if (!app.user || watched) return;
  watched = true;
  void import('./screens/activity/unread.svelte').then(({ watchUnread }) => watchUnread(), () => { watched = false; });
}

// Without it (a plain-http address in the house) everything works but being offline and the share target.
if ('serviceWorker' in navigator) {
  if (document.readyState === 'complete') void register();
  else addEventListener('load', register, { once: true });
}

async function register(): Promise<void> {
  const { serviceWorker } = navigator;
  try {
    const registration = await serviceWorker.register(scriptUrl('/sw.js'));
    // The first one has nothing to replace.
    const offer = (): unknown => serviceWorker.controller && import('./offline/worker').then(worker => worker.offer(registration));
    registration.addEventListener('updatefound', offer);
    if (registration.waiting) offer();
    // A page may stay open for weeks.
    setInterval(() => void registration.update().catch(() => {}), LOOK_EVERY_MS);
  } catch {
    // It changes nothing for whoever is online.
  }
}
