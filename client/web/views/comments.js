// What is said about a picture.

import { graphql, mutate } from '../api.js';
import { button, confirm, el, field, fill, form, settled } from '../dom.js';
import { moment } from '../format.js';

export const COMMENT_FIELDS = 'id text author { displayName } createdAt editedAt removed viewerCan { edit delete }';

const RESULT = `{ comment { ${COMMENT_FIELDS} } userErrors { code message path } }`;
const ADD = `mutation($input: AddCommentInput!) { addComment(input: $input) ${RESULT} }`;
const EDIT = `mutation($input: EditCommentInput!) { editComment(input: $input) ${RESULT} }`;
const REMOVE = `mutation($input: DeleteCommentInput!) { deleteComment(input: $input) ${RESULT} }`;
const MORE = `query($id: ID!, $after: String) { media(id: $id) {
  comments(first: 100, after: $after) { edges { node { ${COMMENT_FIELDS} } } pageInfo { hasNextPage endCursor } }
} }`;

/** `changed` is told by how much their number grew. */
export function comments(media, changed) {
  const list = el('ol', { class: 'comments' });
  const empty = el('p', { class: 'hint' }, 'Nobody has said anything yet.');
  const more = el('div', {});
  const add = comment => {
    list.append(line(comment));
    empty.hidden = true;
  };

  function take({ edges, pageInfo }) {
    for (const { node } of edges) add(node);
    more.replaceChildren();
    if (pageInfo.hasNextPage) more.append(button('Show more', async () => take((await graphql(MORE, { id: media.id, after: pageInfo.endCursor })).media.comments)));
  }

  function line(comment) {
    const can = comment.viewerCan;
    const node = el('li', {});
    const again = next => node.replaceWith(line(next));
    if (comment.removed) {
      node.append(el('p', { class: 'removed' }, 'This comment was removed.'));
      return node;
    }
    const remove = async () => {
      if (!await confirm('Remove this comment?', comment.text, 'Remove')) return;
      const payload = await mutate(REMOVE, { input: { id: comment.id } });
      if (!settled(payload)) return;
      again(payload.comment);
      changed(-1);
    };
    fill(node,
      el('p', { class: 'by' }, el('strong', {}, comment.author?.displayName ?? 'Somebody'), ' ',
        el('time', { datetime: comment.createdAt }, moment(comment.createdAt)), comment.editedAt && ' · edited'),
      el('p', { class: 'said' }, comment.text),
      (can.edit || can.delete) && el('div', { class: 'comment-acts' },
        can.edit && button('Edit', () => editing(node, comment, again), { kind: 'small' }),
        can.delete && button('Remove', remove, { kind: 'small' })));
    return node;
  }

  const submit = async ({ text }, node) => {
    const payload = await mutate(ADD, { input: { mediaId: media.id, text } });
    if (payload.comment) {
      add(payload.comment);
      node.reset();
      changed(1);
    }
    return payload.userErrors;
  };
  take(media.comments);
  return el('div', { class: 'talk' }, el('h3', {}, 'Comments'), empty, list, more,
    media.viewerCan.comment && form({ submit: 'Send' }, submit,
      field('Say something', el('textarea', { name: 'text', rows: 2, onkeydown: sendByKeyboard }))));
}

function editing(node, comment, again) {
  const submit = async ({ text }) => {
    const payload = await mutate(EDIT, { input: { id: comment.id, text } });
    if (payload.comment) again(payload.comment);
    return payload.userErrors;
  };
  const control = el('textarea', { name: 'text', rows: 3, onkeydown: sendByKeyboard }, comment.text);
  node.replaceChildren(form({ submit: 'Save', cancel: () => again(comment) }, submit, field('Your comment', control)));
  control.focus();
}

function sendByKeyboard(event) {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.target.form.requestSubmit();
}
