// The card that tells how uploads go, over every view.

import { el, iconButton } from '../dom.js';
import { count } from '../format.js';

const STATE = {
  waiting: 'Waiting', hashing: 'Reading', sending: 'Sending', finishing: 'Finishing', done: 'Added', duplicate: 'Already here',
  failed: 'Failed', cancelled: 'Given up',
};

export function showUploads(area, uploads) {
  const rows = new Map();
  const title = el('h2', {});
  const total = el('progress', { max: 1, 'aria-label': 'All uploads' });
  const list = el('ul', {});
  // Read out at turning points only, not with every percent.
  const spoken = el('p', { class: 'visually-hidden', role: 'status' });
  const fold = iconButton('Show files', 'fold', () => {
    area.classList.toggle('folded');
    fold.setAttribute('aria-expanded', String(!area.classList.contains('folded')));
  }, { class: 'icon-button fold', 'aria-expanded': 'true' });
  const clear = iconButton('Close', 'close', () => uploads.clearSettled());
  area.append(el('div', { class: 'uploads-head' }, title, fold, clear), total, list, spoken);

  function row(item) {
    const state = el('span', { class: 'upload-state' });
    const bar = el('progress', { max: 1, 'aria-label': item.file.name });
    const cancel = iconButton(`Give up ${item.file.name}`, 'close', () => uploads.cancel(item));
    const retry = iconButton(`Try ${item.file.name} again`, 'restore', () => uploads.retry(item));
    const node = el('li', {}, el('div', { class: 'upload-text' }, el('span', { class: 'upload-name' }, item.file.name), state, bar), retry, cancel);
    const show = () => {
      // What went well needs no line of its own; the heading counts it.
      node.hidden = item.state === 'done' || item.state === 'cancelled';
      node.dataset.state = item.state;
      const percent = item.state === 'sending' || item.state === 'hashing' ? ` ${Math.floor(item.progress * 100)} %` : '';
      state.textContent = item.message ?? STATE[item.state] + percent;
      bar.hidden = !['hashing', 'sending', 'finishing'].includes(item.state);
      bar.value = item.progress;
      retry.hidden = item.state !== 'failed';
      cancel.hidden = !['waiting', 'hashing', 'sending'].includes(item.state);
    };
    return { node, show };
  }

  function update({ detail }) {
    for (const [item, { node }] of rows) {
      if (!uploads.items.includes(item)) {
        node.remove();
        rows.delete(item);
      }
    }
    for (const item of uploads.items) {
      if (rows.has(item)) continue;
      const made = row(item);
      rows.set(item, made);
      made.show();
      list.append(made.node);
    }
    rows.get(detail)?.show();
    summarize();
  }

  function summarize() {
    const { items, pending } = uploads;
    area.hidden = items.length === 0;
    document.body.classList.toggle('has-uploads', items.length > 0);
    const number = state => items.filter(item => item.state === state).length;
    const parts = [
      number('done') && `${number('done')} added`,
      number('duplicate') && `${number('duplicate')} already here`,
      number('failed') && `${number('failed')} failed`,
    ].filter(Boolean);
    const text = pending ? `Adding ${count(items.length, 'file', 'files')}, ${pending} to go` : parts.join(', ') || 'Nothing added';
    title.textContent = text;
    const summary = pending ? `Adding ${count(items.length, 'file', 'files')}` : `Uploads ended: ${text}`;
    if (spoken.textContent !== summary) spoken.textContent = summary;
    clear.hidden = pending > 0;
    fold.hidden = list.querySelector('li:not([hidden])') === null;
    total.hidden = pending === 0;
    const size = items.reduce((sum, item) => sum + item.file.size, 0) || 1;
    const sent = items.reduce((sum, item) => sum + item.file.size * (item.state === 'sending' ? item.progress : isSettled(item) ? 1 : 0), 0);
    total.value = sent / size;
  }

  uploads.addEventListener('change', update);
}

const isSettled = item => !['waiting', 'hashing', 'sending'].includes(item.state);
