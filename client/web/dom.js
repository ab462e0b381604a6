// Building the page: elements, forms, dialogs, notices. No HTML text anywhere: the content security policy asks for it.

const SVG = 'http://www.w3.org/2000/svg';

const ICONS = {
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  fold: 'M6 9l6 6 6-6',
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  upload: 'M12 16V4M7 9l5-5 5 5M4 16v4h16v-4',
  download: 'M12 4v12M7 11l5 5 5-5M4 20h16',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  edit: 'M4 20l1-5L16 4l4 4L9 19zM14 6l4 4',
  turnLeft: 'M4 4v5h5M4.5 9a8 8 0 1 1-.5 4',
  turnRight: 'M20 4v5h-5M19.5 9a8 8 0 1 0 .5 4',
  cover: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01',
  galleries: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-3.5 3-6 6.5-6s6.5 2.5 6.5 6M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5c2 .8 3.5 2.8 3.5 5.5',
  person: 'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c0-4 3.4-6.5 7.5-6.5s7.5 2.5 7.5 6.5',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8h.01',
  comment: 'M4 5h16v11H11l-5 4v-4H4z',
  play: 'M8 5l11 7-11 7z',
  warning: 'M12 4l9 16H3zM12 10v4M12 17h.01',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  restore: 'M4 5v5h5M4.5 10a8 8 0 1 1 0 5',
};

/**
 * Makes an element. In `props`, functions named `on…` listen, `class` and the like are attributes, true is an empty
 * attribute, and false, null and undefined are left out.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...present(children));
  return node;
}

/** Puts these in place of all that `node` holds. */
export function fill(node, ...children) {
  node.replaceChildren(...present(children));
}

const present = children => children.flat().filter(child => child !== null && child !== undefined && child !== false);

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(path);
  return svg;
}

/** A button with a text, and perhaps an icon. While its promise runs it is busy; a failure becomes a notice. */
export function button(label, onclick, { icon: name, kind = '', ...props } = {}) {
  const act = event => busy(event.currentTarget, () => onclick(event));
  return el('button', { type: 'button', class: `button ${kind}`, onclick: act, ...props }, name && icon(name), el('span', {}, label));
}

/** A button that shows only its icon; the label is for screen readers and as a tip. */
export function iconButton(label, name, onclick, props = {}) {
  const act = event => busy(event.currentTarget, () => onclick(event));
  return el('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick: act, ...props }, icon(name));
}

/** Runs `act` once at a time, with the button marked as busy. */
export async function busy(target, act) {
  if (target.getAttribute('aria-busy') === 'true') return;
  try {
    const running = act();
    if (!(running instanceof Promise)) return;
    target.setAttribute('aria-busy', 'true');
    await running;
  } catch (error) {
    notice(error.message, 'bad');
  } finally {
    target.removeAttribute('aria-busy');
  }
}

/** A short message at the edge of the page, read out by screen readers. */
export function notice(text, kind = '') {
  const line = el('p', { class: `notice ${kind}` }, text);
  // A modal dialog hides everything outside of it, also from screen readers.
  const host = [...document.querySelectorAll('dialog:modal')].at(-1) ?? document.body;
  let area = host.querySelector(':scope > .notices');
  if (!area) host.append(area = el('div', { class: 'notices', role: 'status', 'aria-live': 'polite' }));
  area.append(line);
  setTimeout(() => line.remove(), kind === 'bad' ? 9000 : 5000);
}

let fieldCount = 0;

/** A labelled input. `control` is an input, textarea or select; its name is where `userErrors` find it. */
export function field(label, control, hint) {
  control.id ||= `field-${++fieldCount}`;
  const mistake = el('p', { class: 'mistake', id: `${control.id}-mistake`, hidden: true });
  const help = hint && el('p', { class: 'hint', id: `${control.id}-hint` }, hint);
  control.setAttribute('aria-describedby', `${hint ? `${control.id}-hint ` : ''}${control.id}-mistake`);
  return el('div', { class: 'field' }, el('label', { for: control.id }, label), control, help, mistake);
}

export function select(props, options, chosen) {
  return el('select', props, options.map(([value, label]) => el('option', { value, selected: value === chosen }, label)));
}

/**
 * A form. `onsubmit` gets its values and answers userErrors (or nothing, when all went well), which are shown where
 * they belong.
 */
export function form({ submit, cancel, kind = 'primary' }, onsubmit, ...children) {
  const general = el('p', { class: 'mistake', role: 'alert', hidden: true });
  const send = el('button', { type: 'submit', class: `button ${kind}` }, el('span', {}, submit));
  const actions = el('div', { class: 'actions' }, cancel && button('Cancel', cancel), send);
  const onsubmitEvent = async event => {
    event.preventDefault();
    if (send.getAttribute('aria-busy') === 'true') return;
    send.setAttribute('aria-busy', 'true');
    showMistakes(node, general, []);
    try {
      showMistakes(node, general, await onsubmit(Object.fromEntries(new FormData(node)), node) ?? []);
    } catch (error) {
      showMistakes(node, general, [{ message: error.message, path: null }]);
    } finally {
      send.removeAttribute('aria-busy');
    }
  };
  const node = el('form', { novalidate: true, onsubmit: onsubmitEvent }, ...children, general, actions);
  return node;
}

function showMistakes(node, general, mistakes) {
  for (const line of node.querySelectorAll('.mistake')) line.hidden = true;
  for (const control of node.elements) control.removeAttribute('aria-invalid');
  let first = null;
  for (const { message, path } of mistakes) {
    const control = path && node.elements.namedItem(path.at(-1));
    const line = (control?.id && node.querySelector(`#${control.id}-mistake`)) || general;
    line.textContent = message;
    line.hidden = false;
    if (line === general) continue;
    control.setAttribute('aria-invalid', 'true');
    first ??= control;
  }
  first?.focus();
}

/** Opens a modal dialog; `build` gets a function that closes it. Resolves with what that function was given. */
export function dialog(title, build) {
  return new Promise(resolve => {
    const heading = el('h2', { id: `field-${++fieldCount}` }, title);
    const node = el('dialog', { class: 'sheet', 'aria-labelledby': heading.id });
    const close = value => {
      node.returnValue = '';
      node.close();
      resolve(value);
    };
    node.append(el('div', { class: 'sheet-head' }, heading, iconButton('Close', 'close', () => close())), build(close));
    node.addEventListener('close', () => {
      node.remove();
      resolve();
    });
    document.body.append(node);
    node.showModal();
    (node.querySelector('input:not([type=radio]), textarea, select') ?? node.querySelector('.button'))?.focus();
  });
}

/** Asks before something that is not easily undone. Resolves with whether to do it. */
export function confirm(title, text, label) {
  return dialog(title, close => el('div', {},
    el('p', {}, text),
    el('div', { class: 'actions' }, button('Cancel', () => close(false)), button(label, () => close(true), { kind: 'danger' })),
  ));
}

/** Shows userErrors of an act that has no form. Answers whether all went well. */
export function settled(payload) {
  for (const { message } of payload.userErrors) notice(message, 'bad');
  return payload.userErrors.length === 0;
}
