import './styles/app.css';
import './theme.svelte';

import { mount } from 'svelte';

import { app } from './app.svelte';
import App from './App.svelte';
import { loadTexts, showLanguage } from './texts';
import { scriptUrl } from './trusted';

showLanguage();
await Promise.all([loadTexts('common'), app.start()]);
mount(App, { target: document.getElementById('app')! });

if ('serviceWorker' in navigator) {
  // Without it (a plain-http address in the house) everything works but being offline and the share target.
  navigator.serviceWorker.register(scriptUrl('/sw.js')).catch(() => {});
}

void import('./screens/activity/unread.svelte').then(({ watchUnread }) => watchUnread());
