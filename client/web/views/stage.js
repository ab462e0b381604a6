// The large picture of the viewer, and the finger that moves it.

import { el, icon } from '../dom.js';

const SWIPE_PX = 60;

/** What stands on the stage: the small picture at once, the large one over it as soon as it is there. */
export function stagePicture(media) {
  if (!media) return [el('span', { class: 'spinner' })];
  const film = media.__typename === 'Video' && (media.playback ?? media.original);
  if (film) {
    const video = el('video', { src: film.url, poster: media.preview?.url, controls: true, playsinline: true, preload: 'metadata' });
    // Of an original that this browser cannot show it would play the sound alone.
    video.addEventListener('loadedmetadata', () => {
      if (!video.videoWidth && media.preview) video.replaceWith(el('img', { src: media.preview.url, alt: media.caption || media.fileName, class: 'large shown', draggable: 'false' }));
    });
    return [video];
  }
  if (media.preview || media.thumbnail) {
    const alt = media.caption || media.fileName;
    const small = media.thumbnail && el('img', { src: media.thumbnail.url, alt: media.preview ? '' : alt, class: 'small', draggable: 'false' });
    const large = media.preview && el('img', { src: media.preview.url, alt, class: 'large', draggable: 'false' });
    large?.addEventListener('load', () => large.classList.add('shown'));
    return [small, large].filter(Boolean);
  }
  if (media.status === 'PROCESSING') return [note('Being prepared…', el('span', { class: 'spinner' }))];
  if (media.status === 'FAILED') return [note('There is no preview of this file.', icon('warning'))];
  return [el('span', { class: 'spinner' })];
}

export const note = (text, picture) => el('div', { class: 'stage-note' }, picture, el('p', {}, text));

/** Sideways with one finger goes to the next or previous picture; the picture follows the finger. */
export function swipes(stage, step) {
  let start = null;
  const end = () => {
    start = null;
    stage.style.transform = '';
  };
  stage.addEventListener('pointerdown', event => {
    const zoomed = (visualViewport?.scale ?? 1) > 1.01;
    if (event.pointerType === 'mouse' || event.target.closest('video') || zoomed) return;
    start = event.isPrimary ? event : null;
  });
  stage.addEventListener('pointermove', event => {
    if (start) stage.style.transform = `translateX(${event.clientX - start.clientX}px)`;
  });
  stage.addEventListener('pointerup', event => {
    if (!start) return;
    const moved = event.clientX - start.clientX;
    end();
    if (Math.abs(moved) > SWIPE_PX) step(moved < 0 ? 1 : -1);
  });
  stage.addEventListener('pointercancel', end);
}
