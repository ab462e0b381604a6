// A guest's browser is often not the guest's own: the service worker keeps no pictures of a visit.

import { app } from '../app.svelte';
import { FOR_GUEST } from '../offline/names';

/** The address of a picture, as the service worker is to see it. What follows # is told to no server. */
export const marked = (url: string): string => (app.isGuest ? url + FOR_GUEST : url);
