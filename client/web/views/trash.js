// The trash: back into their galleries, or gone for good.

import { graphql, mutate } from '../api.js';
import { button, confirm, el, notice } from '../dom.js';
import { pictures } from '../format.js';
import { content, labelOf, TILE_FIELDS } from './tile.js';

// The most that one request takes.
const AT_ONCE = 100;

const TRASH = `query($after: String) {
  trash(first: 60, after: $after) { edges { node { ${TILE_FIELDS} gallery { title } } } pageInfo { hasNextPage endCursor } }
}`;
const RESTORE = `mutation($input: RestoreMediaInput!) { restoreMedia(input: $input) { mediaIds userErrors { message } } }`;
const ERASE = `mutation($input: DeleteMediaInput!) { deleteMedia(input: $input) { mediaIds userErrors { message } } }`;

export async function trashView() {
  const lines = new Map();
  const list = el('ul', { class: 'trash' });
  const more = el('div', { class: 'centred' });
  const empty = el('div', { class: 'empty' }, el('h2', {}, 'The trash is empty'), el('p', {}, 'Deleted pictures wait here until an admin restores or erases them.'));
  const restoreButton = button('Restore', restore, { icon: 'restore' });
  const eraseButton = button('Erase for good', erase, { icon: 'trash', kind: 'danger' });
  const allButton = button('Select all', () => {
    const all = chosen().length < lines.size;
    for (const { box } of lines.values()) box.checked = all;
    update();
  }, { kind: 'quiet' });
  const tally = el('p', { class: 'facts', role: 'status' });
  const bar = el('div', { class: 'toolbar sticky' }, tally, allButton, restoreButton, eraseButton);

  const chosen = () => [...lines].filter(([, { box }]) => box.checked).map(([id]) => id);

  function update() {
    const n = chosen().length;
    tally.textContent = n ? `${pictures(n)} selected` : 'Select pictures to restore or erase them.';
    restoreButton.disabled = eraseButton.disabled = n === 0;
    allButton.querySelector('span').textContent = n === lines.size ? 'Select none' : 'Select all';
    empty.hidden = lines.size > 0;
    bar.hidden = lines.size === 0;
  }

  function line(media) {
    const box = el('input', { type: 'checkbox', 'aria-label': labelOf(media), onchange: update });
    const small = el('span', { class: 'tile-picture' }, content({ ...media, commentCount: 0 }));
    small.style.backgroundColor = media.dominantColor ?? '';
    const node = el('li', {}, el('label', {}, box, small,
      el('span', { class: 'trash-name' }, media.caption || media.fileName), el('small', {}, media.gallery && `from ${media.gallery.title}`)));
    lines.set(media.id, { node, box });
    return node;
  }

  async function load(after) {
    const { trash } = await graphql(TRASH, { after });
    list.append(...trash.edges.filter(edge => !lines.has(edge.node.id)).map(edge => line(edge.node)));
    more.replaceChildren();
    if (trash.pageInfo.hasNextPage) more.append(button('Show more', () => load(trash.pageInfo.endCursor)));
    update();
  }

  /** Acts on all that is chosen, as many at once as the server takes. */
  async function each(act, said) {
    const ids = chosen();
    let done = 0;
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const { mediaIds, userErrors } = await act(ids.slice(at, at + AT_ONCE));
      for (const id of mediaIds) {
        lines.get(id)?.node.remove();
        lines.delete(id);
      }
      for (const { message } of userErrors) notice(message, 'bad');
      done += mediaIds.length;
    }
    if (done) notice(`${pictures(done)} ${said}.`);
    update();
    if (!lines.size) await load(null);
  }

  function restore() {
    return each(ids => mutate(RESTORE, { input: { ids } }), 'restored');
  }

  async function erase() {
    const n = pictures(chosen().length);
    const text = 'Originals and comments are erased. Nothing here can bring them back.';
    if (await confirm(`Erase ${n} for good?`, text, 'Erase for good')) {
      await each(ids => mutate(ERASE, { input: { ids, permanently: true } }), 'erased');
    }
  }

  await load(null);
  return { node: el('section', {}, el('div', { class: 'page-head' }, el('h1', {}, 'Trash')), bar, empty, list, more), title: 'Trash' };
}
