import './styles/app.css';
import './theme.svelte';

import { mount } from 'svelte';

import { app } from './app.svelte';
import App from './App.svelte';
import { loadTexts, showLanguage } from './texts';

showLanguage();
await Promise.all([loadTexts('common'), app.start()]);
mount(App, { target: document.getElementById('app')! });

if ('serviceWorker' in navigator) {
  // After what shows has loaded. That it fails changes nothing for whoever is online.
  const register = (): void => void import('./offline/worker').then(worker => worker.register()).catch(() => {});
  if (document.readyState === 'complete') register();
  else addEventListener('load', register, { once: true });
}

void import('./screens/activity/unread.svelte').then(({ watchUnread }) => watchUnread());
