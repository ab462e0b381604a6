// One picture, large: over its gallery, with what is known and said about it.

import { graphql, mutate } from '../api.js';
import { button, confirm, el, fill, icon, iconButton, notice, settled } from '../dom.js';
import { bytes, camera, length, place, taken } from '../format.js';
import { comments, COMMENT_FIELDS } from './comments.js';
import { editMedia } from './media-form.js';
import { note, stagePicture, swipes } from './stage.js';
import { TILE_FIELDS } from './tile.js';

const POLL_MS = 1200;
/** Films take minutes. */
const SLOW_POLL_MS = 5000;
/** Whether the server has nothing left to do for it. */
const isDone = media => media.status !== 'PROCESSING' && media.playbackProgress == null;

const DETAIL = `${TILE_FIELDS} sizeBytes contentType
  location { latitude longitude altitude }
  gallery { id title }
  uploadedBy { displayName }
  viewerCan { edit delete comment }
  preview { url width height } original { url }
  ... on Photo { isDamaged exif { cameraMake cameraModel lens focalLengthMm fNumber exposureTime iso } }
  ... on Video { durationSeconds playback { url } playbackProgress playbackProblem }`;
const MEDIA = `query($id: ID!) { media(id: $id) {
  ${DETAIL}
  comments(first: 100) { edges { node { ${COMMENT_FIELDS} } } pageInfo { hasNextPage endCursor } }
} }`;
const UPDATE = `mutation($input: UpdateMediaInput!) { updateMedia(input: $input) { media { ${TILE_FIELDS} } userErrors { message } } }`;
const COVER = `mutation($input: UpdateGalleryInput!) { updateGallery(input: $input) { userErrors { message } } }`;
const TRASH = `mutation($input: DeleteMediaInput!) { deleteMedia(input: $input) { mediaIds userErrors { message } } }`;

/** Opens over the gallery `host`. `fromGrid` says that the gallery is one step back in the history. */
export function openViewer(host, firstId, { fromGrid }) {
  let id = null;
  let turn = 0;
  let timer = null;
  let closing = false;
  let detail = null;

  const stage = el('div', { class: 'stage' });
  const counter = el('span', { class: 'counter', 'aria-live': 'polite' });
  const previous = iconButton('Previous picture', 'back', () => { step(-1); }, { class: 'icon-button turn previous' });
  const next = iconButton('Next picture', 'next', () => { step(1); }, { class: 'icon-button turn next' });
  const panel = el('section', { class: 'panel', 'aria-label': 'About this picture', tabindex: '-1' });
  const closer = iconButton('Close', 'close', () => { leave(); });
  const toggle = iconButton('Details', 'info', () => {
    const hidden = node.classList.toggle('no-panel');
    toggle.setAttribute('aria-pressed', String(!hidden));
  }, { class: 'icon-button details-toggle', 'aria-pressed': 'true' });
  const node = el('dialog', { class: 'viewer', 'aria-label': 'Picture', tabindex: '-1', onkeydown: keyed },
    el('div', { class: 'stage-frame' }, stage, el('div', { class: 'viewer-bar' }, closer, counter, toggle), previous, next),
    panel);
  node.addEventListener('cancel', event => {
    if (event.target !== node) return;
    event.preventDefault();
    leave();
  });
  node.addEventListener('close', event => event.target === node && !closing && leave());
  swipes(stage, step);
  document.body.append(node);
  node.showModal();
  node.focus();
  show(firstId);

  function keyed(event) {
    if (event.target.closest('input, textarea, select, video') || event.target.closest('dialog') !== node) return;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowLeft') step(-1);
    else if (event.key === 'ArrowRight') step(1);
    else return;
    event.preventDefault();
  }

  function neighbour(offset) {
    const items = host.items();
    const at = items.findIndex(item => item.id === id);
    return at < 0 ? undefined : items[at + offset];
  }

  async function step(offset) {
    if (offset > 0 && !neighbour(1) && host.hasMore()) await host.loadMore().catch(error => notice(error.message, 'bad'));
    const target = neighbour(offset);
    if (!target) return;
    // One entry of the history for all pictures: going back leads to the gallery.
    history.replaceState(null, '', `#/gallery/${host.gallery().id}/media/${target.id}`);
    show(target.id);
  }

  function leave() {
    if (closing) return;
    if (fromGrid) history.back();
    else {
      history.replaceState(null, '', `#/gallery/${host.gallery().id}`);
      close();
    }
  }

  function close() {
    closing = true;
    turn++;
    clearTimeout(timer);
    node.close();
    node.remove();
    host.closed(id);
  }

  async function show(mediaId) {
    id = mediaId;
    const mine = ++turn;
    clearTimeout(timer);
    showPosition();
    const known = host.items().find(item => item.id === mediaId);
    detail = null;
    showStage(known);
    panel.replaceChildren(el('p', { class: 'hint' }, el('span', { class: 'spinner' })));
    panel.scrollTop = 0;
    node.scrollTop = 0;
    try {
      const { media } = await graphql(MEDIA, { id: mediaId });
      if (mine !== turn) return;
      if (!media) return gone();
      detail = media;
      showStage(media);
      showPanel();
      preloadNeighbours();
      watch(mine);
      while (mine === turn && !known && host.hasMore() && !neighbour(0)) await host.loadMore();
      if (mine === turn) showPosition();
    } catch (error) {
      if (mine === turn) panel.replaceChildren(el('p', { class: 'mistake', role: 'alert' }, error.message), button('Try again', () => show(mediaId)));
    }
  }

  function gone() {
    stage.replaceChildren(note('This picture is not here, or not for you.', icon('warning')));
    panel.replaceChildren();
  }

  function showPosition() {
    const at = host.items().findIndex(item => item.id === id);
    counter.textContent = at < 0 ? '' : `${at + 1} of ${Math.max(host.gallery().mediaCount, host.items().length)}`;
    previous.hidden = at <= 0;
    next.hidden = at < 0 || (at + 1 >= host.items().length && !host.hasMore());
  }

  function showStage(media) {
    stage.replaceChildren(...stagePicture(media));
    node.setAttribute('aria-label', media?.caption || media?.fileName || 'Picture');
    document.title = `${media?.caption || host.gallery().title} · Mantel`;
  }

  /** Asks again while the server is at work on it. */
  function watch(mine, until = isDone, left = 200) {
    if (until(detail) || left === 0) return;
    timer = setTimeout(async () => {
      const data = await graphql(`query($id: ID!) { media(id: $id) { ${DETAIL} } }`, { id }).catch(() => null);
      if (mine !== turn) return;
      if (data?.media) {
        const differs = of => JSON.stringify(of(data.media)) !== JSON.stringify(of(detail));
        const looks = differs(media => [media.preview?.url, media.playback?.url, media.status]);
        const progressed = differs(media => media.playbackProgress);
        detail = { ...detail, ...data.media };
        // Nobody's film is taken away while it plays.
        const playing = stage.querySelector('video')?.paused === false;
        if (looks && !playing) showStage(detail);
        if (looks || progressed) showPanel();
        if (looks) tell();
      }
      watch(mine, until, left - 1);
    }, detail.status === 'PROCESSING' || detail.playbackProgress == null ? POLL_MS : SLOW_POLL_MS);
  }

  const tell = () => host.changed(Object.fromEntries(TILE_KEYS.map(key => [key, detail[key]])));

  function preloadNeighbours() {
    for (const offset of [1, -1]) {
      const media = neighbour(offset);
      if (!media?.thumbnail) continue;
      graphql('query($id: ID!) { media(id: $id) { preview { url } } }', { id: media.id }).then(data => {
        if (data.media?.preview) new Image().src = data.media.preview.url;
      }).catch(() => {
        // It is asked for again when it is shown.
      });
    }
  }

  function showPanel() {
    const media = detail;
    const admin = host.user.role === 'ADMIN';
    const { edit: edits, delete: deletes } = media.viewerCan;
    const exif = media.exif ? camera(media.exif) : [];
    const facts = [
      ['Taken', taken(media) ?? 'Date not known'],
      exif.length && ['Camera', exif.map(line => el('span', { class: 'line' }, line))],
      media.location && ['Place', el('a', { href: mapUrl(media.location), target: '_blank', rel: 'noopener noreferrer' }, place(media.location))],
      ['File', [el('span', { class: 'line' }, media.fileName),
        el('span', { class: 'line' }, [media.width && `${media.width} × ${media.height}`, media.durationSeconds && length(media.durationSeconds), bytes(media.sizeBytes)].filter(Boolean).join(' · '))]],
      media.uploadedBy && ['From', media.uploadedBy.displayName],
    ].filter(Boolean);
    fill(panel,
      el('h2', { class: media.caption ? 'caption' : 'visually-hidden' }, media.caption || media.fileName),
      media.status === 'FAILED' && el('p', { class: 'note' }, media.failureReason ?? 'No picture could be made of this file. The original is safe.'),
      media.status === 'TRASHED' && el('p', { class: 'note' }, 'This is in the trash.'),
      media.isDamaged && el('p', { class: 'note' }, 'The file is damaged. This is what could be read of it.'),
      media.playbackProgress != null && el('p', { class: 'note', role: 'status' }, `Being made ready for every phone: ${media.playbackProgress} %`),
      media.playbackProblem && el('p', { class: 'note' }, media.playbackProblem),
      el('div', { class: 'acts' },
        media.original && el('a', { class: 'button act', href: media.original.url, download: media.fileName }, icon('download'), el('span', {}, 'Download')),
        edits && button('Edit', edit, { icon: 'edit', kind: 'act' }),
        edits && media.preview && [
          button('Left', () => rotate(270), { icon: 'turnLeft', kind: 'act', 'aria-label': 'Rotate left', title: 'Rotate left' }),
          button('Right', () => rotate(90), { icon: 'turnRight', kind: 'act', 'aria-label': 'Rotate right', title: 'Rotate right' })],
        admin && media.preview && button('Cover', cover, { icon: 'cover', kind: 'act', 'aria-label': 'Use as cover', title: 'Use as the cover of the gallery' }),
        deletes && button('Delete', trash, { icon: 'trash', kind: 'act' })),
      el('dl', { class: 'facts-list' }, facts.map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value)))),
      comments(media, change => {
        detail.commentCount += change;
        tell();
      }));
  }

  function edit() {
    const media = detail;
    editMedia(media, host.gallery().id).then(changed => {
      if (!changed || detail?.id !== media.id) return;
      if (changed.moved) return removed();
      Object.assign(detail, changed.media);
      showPanel();
      return host.reload();
    }).catch(error => notice(error.message, 'bad'));
  }

  async function rotate(degrees) {
    const before = detail.preview?.url;
    const payload = await mutate(UPDATE, { input: { id, rotate: degrees } });
    if (!settled(payload)) return;
    stage.classList.add('working');
    const mine = turn;
    clearTimeout(timer);
    watch(mine, media => {
      const done = media.preview?.url !== before && media.status !== 'PROCESSING';
      if (done) stage.classList.remove('working');
      return done;
    });
  }

  async function cover() {
    const payload = await mutate(COVER, { input: { id: host.gallery().id, coverMediaId: id } });
    if (settled(payload)) notice('This is the cover of the gallery now.');
  }

  async function trash() {
    const media = detail;
    if (!await confirm('Delete this picture?', 'It goes into the trash, from where an admin can restore it.', 'Delete')) return;
    if (settled(await mutate(TRASH, { input: { ids: [media.id] } }))) removed();
  }

  /** The picture has left this gallery: go on with the next one. */
  async function removed() {
    const onward = neighbour(1) ?? neighbour(-1);
    if (!onward) leave();
    else {
      history.replaceState(null, '', `#/gallery/${host.gallery().id}/media/${onward.id}`);
      show(onward.id);
    }
    await host.reload().catch(error => notice(error.message, 'bad'));
  }

  return { show: mediaId => mediaId !== id && show(mediaId), close, refreshed: showPosition };
}

const TILE_KEYS = ['__typename', 'id', 'caption', 'fileName', 'takenAt', 'takenAtOffsetMinutes', 'width', 'height', 'status',
  'failureReason', 'dominantColor', 'thumbnail', 'commentCount', 'updatedAt'];

function mapUrl({ latitude, longitude }) {
  return `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=14/${latitude}/${longitude}`;
}
