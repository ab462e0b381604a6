// One gallery: its pictures in rows, more of them as one scrolls, and bringing new ones in.

import { graphql } from '../api.js';
import { button, el, icon, notice } from '../dom.js';
import { days, pictures } from '../format.js';
import { deleteGallery, editAccess, editGallery, GALLERY_FIELDS, VISIBILITY } from './gallery-form.js';
import { dropArea, pictureGrid } from './grid.js';
import { TILE_FIELDS } from './tile.js';
import { openViewer } from './viewer.js';

const PAGE = 60;
const POLL_MS = 1500;
// The server takes at most 15 aliases.
const POLL_AT_ONCE = 10;

const GALLERY = `query($id: ID!, $first: Int!, $after: String) {
  gallery(id: $id) {
    ${GALLERY_FIELDS}
    viewerCan { upload }
    media(first: $first, after: $after) { edges { node { ${TILE_FIELDS} } } pageInfo { hasNextPage endCursor } }
  }
}`;

export async function galleryView({ user, uploads, parameters: [id, firstMedia] }) {
  const fetchPage = async (first, after) => {
    const { gallery } = await graphql(GALLERY, { id, first, after });
    if (!gallery) throw new Error('This gallery is not here, or not for you.');
    return gallery;
  };
  const first = await fetchPage(PAGE, null);
  const contributes = first.viewerCan.upload;

  let gallery = first;
  let items = first.media.edges.map(edge => edge.node);
  let { pageInfo } = first.media;
  let viewer = null;
  let loading = null;
  let polling = null;
  let left = false;
  const ending = new AbortController();

  const head = el('div', { class: 'gallery-head' });
  const grid = pictureGrid(mediaId => `#/gallery/${id}/media/${mediaId}`);
  const sentinel = el('div', { class: 'sentinel', 'aria-hidden': 'true' });
  const empty = el('div', { class: 'empty' },
    el('h2', {}, 'No pictures yet'),
    el('p', {}, contributes ? 'Choose some from this device, or drop them here.' : 'They appear here as soon as somebody adds them.'));
  const picker = el('input', { type: 'file', multiple: true, accept: 'image/*,video/*', hidden: true, onchange: () => {
    uploads.add(picker.files, gallery);
    picker.value = '';
  } });
  const dropHint = contributes && dropArea(`Drop to add to “${gallery.title}”`, ending.signal, files => uploads.add(files, gallery));
  const node = el('section', { class: 'gallery' }, head, empty, grid.node, sentinel, picker, dropHint);

  function showHead() {
    const admin = user.role === 'ADMIN';
    const facts = [gallery.mediaCount > 0 && pictures(gallery.mediaCount), days(gallery.firstTakenOn, gallery.lastTakenOn),
      gallery.visibility !== 'FAMILY' && VISIBILITY[gallery.visibility].label];
    head.replaceChildren(
      el('a', { class: 'back-link', href: '#/' }, icon('back'), 'Galleries'),
      el('div', { class: 'page-head' },
        el('div', {},
          el('h1', {}, gallery.title),
          gallery.description && el('p', { class: 'description' }, gallery.description),
          el('p', { class: 'facts' }, facts.filter(Boolean).join(' · '))),
        el('div', { class: 'toolbar' },
          contributes && button('Add pictures', () => picker.click(), { icon: 'upload', kind: 'primary' }),
          admin && button('Edit', edit, { icon: 'edit', kind: 'quiet' }),
          admin && button('Access', () => { editAccess(gallery).catch(error => notice(error.message, 'bad')); }, { icon: 'people', kind: 'quiet' }),
          admin && button('Delete', remove, { icon: 'trash', kind: 'quiet' }))));
  }

  function edit() {
    editGallery(gallery).then(changed => {
      if (!changed) return;
      const resorted = changed.sort !== gallery.sort;
      gallery = { ...gallery, ...changed };
      showHead();
      if (resorted) reload();
    });
  }

  async function remove() {
    if (!await deleteGallery(gallery)) return;
    notice(`“${gallery.title}” was deleted.`);
    location.hash = '#/';
  }

  function render() {
    grid.show(items);
    empty.hidden = items.length > 0;
    poll();
  }

  /** The next page; callers at the same moment share one request. Answers whether there was one. */
  function loadMore() {
    if (!pageInfo.hasNextPage) return Promise.resolve(false);
    loading ??= fetchPage(PAGE, pageInfo.endCursor).then(({ media }) => {
      const known = new Set(items.map(item => item.id));
      items.push(...media.edges.map(edge => edge.node).filter(item => !known.has(item.id)));
      ({ pageInfo } = media);
      render();
      return true;
    }).finally(() => { loading = null; });
    return loading;
  }

  /** Asks anew for as much as is shown: order, count and days may have changed. */
  async function reload() {
    await loading?.catch(() => {});
    const wanted = Math.max(items.length, PAGE);
    const fresh = [];
    let page = null;
    do {
      page = await fetchPage(Math.min(wanted - fresh.length, 100), page?.media.pageInfo.endCursor ?? null);
      fresh.push(...page.media.edges.map(edge => edge.node));
    } while (page.media.pageInfo.hasNextPage && fresh.length < wanted);
    if (left) return;
    gallery = page;
    items = fresh;
    ({ pageInfo } = page.media);
    showHead();
    render();
    viewer?.refreshed();
  }

  /** Looks after what is still being made, until it is ready or failed. */
  function poll() {
    if (polling || left || !items.some(isUnderway)) return;
    polling = setTimeout(async () => {
      const underway = items.filter(isUnderway).slice(0, POLL_AT_ONCE).map(media => media.id);
      try {
        for (const media of await mediaByIds(underway)) replace(media);
        if (!items.some(isUnderway) && !uploads.pending) await reload();
      } catch {
        // The next round tries again.
      }
      polling = null;
      if (!left) render();
    }, POLL_MS);
  }

  function replace(media) {
    const at = items.findIndex(item => item.id === media.id);
    if (at >= 0) items[at] = media;
  }

  async function uploaded(event) {
    const item = event.detail;
    if (item?.state !== 'done' || item.gallery.id !== id || item.shown) return;
    item.shown = true;
    const [media] = await mediaByIds([item.mediaId]).catch(() => []);
    if (!media || left || items.some(known => known.id === media.id)) return;
    // Where it belongs is known once its date is; reloading then puts it there.
    if (gallery.sort === 'TAKEN_AT_DESC') items.unshift(media);
    else items.push(media);
    gallery.mediaCount += 1;
    showHead();
    render();
    if (!isUnderway(media) && !uploads.pending) reload().catch(() => {});
  }

  const host = {
    user,
    gallery: () => gallery,
    items: () => items,
    hasMore: () => pageInfo.hasNextPage,
    loadMore,
    reload,
    changed(media) { replace({ ...items.find(item => item.id === media.id), ...media }); render(); },
    closed(mediaId) {
      viewer = null;
      grid.focus(mediaId);
      document.title = `${gallery.title} · Mantel`;
    },
  };

  function follows([galleryId, mediaId]) {
    if (galleryId !== id) return false;
    if (!mediaId) viewer?.close();
    else if (viewer) viewer.show(mediaId);
    else viewer = openViewer(host, mediaId, { fromGrid: true });
    return true;
  }

  uploads.addEventListener('change', uploaded, { signal: ending.signal });
  const nearEnd = new IntersectionObserver(async ([entry]) => {
    if (!entry.isIntersecting) return;
    try {
      // Observing anew tells at once whether the end is still near.
      if (await loadMore()) {
        nearEnd.unobserve(sentinel);
        nearEnd.observe(sentinel);
      }
    } catch (error) {
      notice(error.message, 'bad');
    }
  }, { rootMargin: '800px' });

  showHead();
  return {
    node,
    title: gallery.title,
    follows,
    shown() {
      render();
      nearEnd.observe(sentinel);
      if (firstMedia) viewer = openViewer(host, firstMedia, { fromGrid: false });
    },
    leave() {
      left = true;
      ending.abort();
      clearTimeout(polling);
      grid.leave();
      nearEnd.disconnect();
      viewer?.close();
    },
  };
}

const isUnderway = media => media.status === 'PROCESSING' || media.status === 'UPLOADING';

/** What the tiles show, of some media at once. Those that are gone meanwhile are left out. */
async function mediaByIds(ids) {
  const names = ids.map((_, i) => `$m${i}: ID!`).join(', ');
  const fields = ids.map((_, i) => `m${i}: media(id: $m${i}) { ${TILE_FIELDS} }`).join('\n');
  const data = await graphql(`query(${names}) { ${fields} }`, Object.fromEntries(ids.map((id, i) => [`m${i}`, id])));
  return Object.values(data).filter(Boolean);
}
