// The screens, each loaded with its texts when it is first gone to.

import type { Component } from 'svelte';

import type { ScreenName } from './router.svelte';
import type { Area } from './texts/areas';
import { loadTexts } from './texts';
import Gone from './ui/Gone.svelte';

export type Screen = Component;

interface Loaded {
  default: Screen;
}

const SCREENS: Readonly<Record<Exclude<ScreenName, 'gone'>, [() => Promise<Loaded>, ...Area[]]>> = {
  galleries: [() => import('./screens/galleries/Galleries.svelte'), 'galleries'],
  gallery: [() => import('./screens/gallery/Gallery.svelte'), 'gallery', 'galleries'],
  timeline: [() => import('./screens/timeline/Timeline.svelte'), 'timeline', 'gallery'],
  favourites: [() => import('./screens/timeline/Favourites.svelte'), 'timeline', 'gallery'],
  search: [() => import('./screens/timeline/Search.svelte'), 'search', 'galleries', 'gallery'],
  activity: [() => import('./screens/activity/Activity.svelte'), 'activity'],
  people: [() => import('./screens/people/People.svelte'), 'people'],
  trash: [() => import('./screens/trash/Trash.svelte'), 'trash', 'edit'],
  links: [() => import('./screens/links/Links.svelte'), 'links'],
  settings: [() => import('./screens/settings/Settings.svelte'), 'settings'],
  guest: [() => import('./screens/links/Guest.svelte'), 'links', 'gallery'],
  share: [() => import('./screens/share/Share.svelte'), 'uploads'],
};

export async function loadScreen(name: ScreenName): Promise<Screen> {
  if (name === 'gone') return Gone;
  const [load, ...areas] = SCREENS[name];
  const [screen] = await Promise.all([load(), loadTexts(...areas)]);
  return screen.default;
}
