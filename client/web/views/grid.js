// The pictures of a gallery in rows, and files dropped on them.

import { el, icon } from '../dom.js';
import { justified } from '../justified.js';
import { tile } from './tile.js';

const GAP = 6;

/** `hrefOf` makes the link of a picture from its id. */
export function pictureGrid(hrefOf) {
  const node = el('div', { class: 'grid' });
  const tiles = new Map();
  let shown = [];

  /** Brings the page in line with `items`, keeping every tile that is still right, so that nothing flickers. */
  function show(items) {
    shown = items;
    const present = new Set(items.map(media => media.id));
    for (const [id, old] of tiles) {
      if (!present.has(id)) {
        old.node.remove();
        tiles.delete(id);
      }
    }
    items.forEach((media, position) => {
      let known = tiles.get(media.id);
      if (!known) tiles.set(media.id, known = tile(media, hrefOf(media.id)));
      else known.show(media);
      if (node.children[position] !== known.node) node.insertBefore(known.node, node.children[position] ?? null);
    });
    layout();
  }

  function layout() {
    const width = node.clientWidth;
    if (!width) return;
    const ratios = shown.map(({ width: w, height: h }) => (w && h ? w / h : 4 / 3));
    const { boxes, height } = justified(ratios, width, width < 600 ? 150 : 230, GAP);
    node.style.height = `${height}px`;
    boxes.forEach((box, i) => {
      const { style } = tiles.get(shown[i].id).node;
      for (const [name, value] of Object.entries(box)) style[name] = `${value}px`;
    });
  }

  function focus(id) {
    const target = tiles.get(id)?.node;
    target?.focus({ preventScroll: true });
    target?.scrollIntoView({ block: 'nearest' });
  }

  const resized = new ResizeObserver(layout);
  resized.observe(node);
  return { node, show, focus, leave: () => resized.disconnect() };
}

/** Takes files that are dropped anywhere on the page, until `signal` aborts. Answers the hint that shows meanwhile. */
export function dropArea(text, signal, take) {
  const hint = el('div', { class: 'drop-hint', hidden: true }, icon('upload'), el('span', {}, text));
  // Entering a part of the page comes before leaving the part around it, so the hint goes when all were left.
  let depth = 0;
  const dragging = step => event => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    depth = Math.max(depth + step, 0);
    hint.hidden = depth === 0;
  };
  addEventListener('dragenter', dragging(1), { signal });
  addEventListener('dragleave', dragging(-1), { signal });
  addEventListener('drop', event => {
    depth = 0;
    hint.hidden = true;
    if (event.dataTransfer.files.length) take(event.dataTransfer.files);
  }, { signal });
  return hint;
}
