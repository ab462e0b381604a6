// The page: who is signed in, which view shows, and the frame around it.

import { forgetSession, graphql, hasSession, sessionEnded } from './api.js';
import { button, el, icon } from './dom.js';
import { UploadQueue } from './upload.js';
import { galleriesView } from './views/galleries.js';
import { galleryView } from './views/gallery.js';
import { peopleView } from './views/people.js';
import { profileView } from './views/profile.js';
import { signInView } from './views/sign-in.js';
import { trashView } from './views/trash.js';
import { showUploads } from './views/uploads.js';

const header = document.getElementById('header');
const main = document.getElementById('main');
const uploads = new UploadQueue();

let user = null;
let current = null;
let mounting = 0;

const ROUTES = [
  { pattern: /^\/?$/, name: 'galleries', view: galleriesView },
  { pattern: /^\/gallery\/([^/]+)(?:\/media\/([^/]+))?$/, name: 'gallery', view: galleryView },
  { pattern: /^\/people$/, name: 'people', view: peopleView, role: 'ADMIN' },
  { pattern: /^\/trash$/, name: 'trash', view: trashView, role: 'ADMIN' },
  { pattern: /^\/you$/, name: 'you', view: profileView },
];

function routeOf(hash) {
  for (const route of ROUTES) {
    const match = route.pattern.exec(hash.slice(1));
    if (match && (!route.role || route.role === user.role)) return { ...route, parameters: match.slice(1) };
  }
  return { ...ROUTES[0], parameters: [] };
}

/** Shows what the address names. A view that can follow the change itself (a picture of the same gallery) does. */
async function navigate() {
  if (!user) return;
  const route = routeOf(location.hash);
  if (current?.name === route.name && current.follows?.(route.parameters)) return;
  const turn = ++mounting;
  leave();
  showHeader(route.name);
  const waiting = setTimeout(() => turn === mounting && main.replaceChildren(loading()), 150);
  try {
    const view = await route.view({ user, uploads, parameters: route.parameters, changedUser });
    if (turn !== mounting) return view.leave?.();
    current = { ...view, name: route.name };
    main.replaceChildren(view.node);
    document.title = `${view.title} · Mantel`;
    scrollTo(0, 0);
    focusHeading();
    view.shown?.();
  } catch (error) {
    if (turn !== mounting || error.code === 'UNAUTHENTICATED') return;
    main.replaceChildren(el('div', { class: 'empty', role: 'alert' },
      el('h1', {}, 'That did not work'), el('p', {}, error.message), button('Try again', navigate)));
  } finally {
    clearTimeout(waiting);
  }
}

function leave() {
  current?.leave?.();
  current = null;
}

function focusHeading() {
  const heading = main.querySelector('h1');
  if (!heading || document.querySelector('dialog:modal')) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

function loading() {
  return el('div', { class: 'empty', role: 'status' }, el('span', { class: 'spinner' }), el('p', {}, 'One moment…'));
}

function showHeader(active) {
  const link = (name, href, label, picture) => el('a', {
    href, class: 'nav-link', 'aria-current': (active === name || (active === 'gallery' && name === 'galleries')) && 'page',
  }, icon(picture), el('span', {}, label));
  const admin = user.role === 'ADMIN';
  header.replaceChildren(
    el('a', { href: '#/', class: 'brand' }, 'Mantel'),
    el('nav', { 'aria-label': 'Main' },
      link('galleries', '#/', 'Galleries', 'galleries'),
      admin && link('people', '#/people', 'People', 'people'),
      admin && link('trash', '#/trash', 'Trash', 'trash'),
      link('you', '#/you', user.displayName, 'person')),
  );
}

function changedUser(changes) {
  user = { ...user, ...changes };
  showHeader(current?.name);
}

function showSignIn(reason) {
  user = null;
  mounting++;
  leave();
  uploads.reset();
  for (const open of document.querySelectorAll('dialog')) open.close();
  header.replaceChildren();
  document.title = 'Mantel';
  const view = signInView({ reason, signedIn: start });
  main.replaceChildren(view.node);
  focusHeading();
}

/** Finds out who is signed in, and shows the view. */
async function start() {
  main.replaceChildren(loading());
  try {
    const { viewer } = await graphql('{ viewer { id displayName role email } }');
    user = viewer;
    await navigate();
  } catch (error) {
    if (error.code === 'UNAUTHENTICATED') return;
    main.replaceChildren(el('div', { class: 'empty', role: 'alert' },
      el('h1', {}, 'Mantel is out of reach'), el('p', {}, error.message),
      el('div', { class: 'actions centred' }, button('Sign in anew', () => forgetSession(null)), button('Try again', start, { kind: 'primary' }))));
  }
}

showUploads(document.getElementById('uploads'), uploads);
sessionEnded.addEventListener('ended', event => showSignIn(event.detail));
addEventListener('hashchange', navigate);
addEventListener('beforeunload', event => {
  if (uploads.pending) event.preventDefault();
});
// A file dropped beside a gallery must not make the browser leave the page for it.
for (const type of ['dragover', 'drop']) {
  addEventListener(type, event => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
}

if (hasSession()) start();
else showSignIn(null);
