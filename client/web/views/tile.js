// One picture in a grid.

import { graphql } from '../api.js';
import { el, icon } from '../dom.js';
import { taken } from '../format.js';

export const TILE_FIELDS = `__typename id caption fileName takenAt takenAtOffsetMinutes width height status failureReason
  dominantColor thumbnail { url } commentCount updatedAt`;

const STATUS = { UPLOADING: 'On its way', PROCESSING: 'Being prepared', FAILED: 'No preview' };

/** A tile that is a link to `href`; `show` brings it up to date. */
export function tile(media, href) {
  const node = el('a', { class: 'tile', href });
  const known = { node, show };
  let shown = null;
  function show(next) {
    const key = JSON.stringify(next);
    if (key === shown) return;
    shown = key;
    node.setAttribute('aria-label', labelOf(next));
    node.replaceChildren(...content(next));
    node.style.backgroundColor = next.dominantColor ?? '';
  }
  show(media);
  return known;
}

export function labelOf(media) {
  const kind = media.__typename === 'Video' ? 'Video' : 'Photo';
  return [media.caption || `${kind} ${media.fileName}`, taken(media), STATUS[media.status], media.status === 'FAILED' && media.failureReason]
    .filter(Boolean).join(', ');
}

export function content(media) {
  const parts = [];
  if (media.thumbnail) parts.push(picture(media));
  if (STATUS[media.status]) {
    const busy = media.status !== 'FAILED';
    parts.push(el('span', { class: `tile-status ${media.thumbnail ? 'over' : ''}`, title: media.failureReason },
      busy ? el('span', { class: 'spinner' }) : icon('warning'),
      el('span', {}, STATUS[media.status]), !media.thumbnail && el('small', {}, media.fileName)));
  }
  else if (!media.thumbnail) parts.push(el('span', { class: 'tile-status' }, icon('cover')));
  if (media.__typename === 'Video') parts.push(el('span', { class: 'tile-badge left' }, icon('play')));
  if (media.commentCount) parts.push(el('span', { class: 'tile-badge' }, icon('comment'), String(media.commentCount)));
  return parts;
}

function picture(media) {
  const img = el('img', { src: media.thumbnail.url, alt: '', loading: 'lazy', decoding: 'async', draggable: 'false' });
  const reveal = () => img.classList.add('shown');
  img.addEventListener('load', reveal);
  // Addresses work for an hour or two. In a page that was left open longer, one is asked for anew.
  img.addEventListener('error', async () => {
    const data = await graphql('query($id: ID!) { media(id: $id) { thumbnail { url } } }', { id: media.id }).catch(() => null);
    const url = data?.media?.thumbnail?.url;
    if (url && url !== img.getAttribute('src')) img.src = url;
  }, { once: true });
  return img;
}
