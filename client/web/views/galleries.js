// All galleries, as cards.

import { graphql } from '../api.js';
import { button, el, icon } from '../dom.js';
import { days, pictures } from '../format.js';
import { editGallery, VISIBILITY } from './gallery-form.js';

const GALLERIES = `query($after: String) {
  galleries(first: 100, after: $after) {
    edges { node {
      id title visibility mediaCount firstTakenOn lastTakenOn
      cover { id dominantColor thumbnail { url } }
    } }
    pageInfo { hasNextPage endCursor }
  }
}`;

export async function galleriesView({ user }) {
  const galleries = await allGalleries(GALLERIES);
  const admin = user.role === 'ADMIN';
  const make = async () => {
    const gallery = await editGallery(null);
    if (gallery) location.hash = `#/gallery/${gallery.id}`;
  };
  const add = admin && button('New gallery', make, { icon: 'plus', kind: 'primary' });
  const node = el('section', {},
    el('div', { class: 'page-head' }, el('h1', {}, 'Galleries'), galleries.length > 0 && add),
    galleries.length
      ? el('ul', { class: 'cards' }, galleries.map(card))
      : el('div', { class: 'empty' },
        el('h2', {}, 'No galleries yet'),
        el('p', {}, admin ? 'Make the first one, then add pictures to it.' : 'As soon as somebody shares pictures with you, they are here.'),
        add));
  return { node, title: 'Galleries' };
}

/** All pages of a gallery query. */
export async function allGalleries(query) {
  const galleries = [];
  let after = null;
  do {
    const page = (await graphql(query, { after })).galleries;
    galleries.push(...page.edges.map(edge => edge.node));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after);
  return galleries;
}

function card(gallery) {
  const cover = el('span', { class: 'cover' });
  const tint = gallery.cover?.dominantColor;
  if (tint) cover.style.backgroundColor = tint;
  if (gallery.cover?.thumbnail) cover.append(el('img', { src: gallery.cover.thumbnail.url, alt: '', loading: 'lazy', decoding: 'async' }));
  else cover.append(icon('cover'));
  const restricted = gallery.visibility !== 'FAMILY' && el('span', { class: 'badge' }, icon('lock'), VISIBILITY[gallery.visibility].short);
  return el('li', {}, el('a', { class: 'card', href: `#/gallery/${gallery.id}` },
    cover,
    el('span', { class: 'card-title' }, gallery.title),
    el('span', { class: 'card-facts' },
      [gallery.mediaCount ? pictures(gallery.mediaCount) : 'Empty', days(gallery.firstTakenOn, gallery.lastTakenOn)].filter(Boolean).join(' · ')),
    restricted));
}
