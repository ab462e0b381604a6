// Making and changing a gallery, and who may see it.

import { graphql, mutate } from '../api.js';
import { confirm, dialog, el, field, form, notice, select, settled } from '../dom.js';
import { pictures } from '../format.js';

const FIELDS = 'id title description visibility sort mediaCount firstTakenOn lastTakenOn';
const RESULT = `{ gallery { ${FIELDS} } userErrors { code message path } }`;
const CREATE = `mutation($input: CreateGalleryInput!) { createGallery(input: $input) ${RESULT} }`;
const UPDATE = `mutation($input: UpdateGalleryInput!) { updateGallery(input: $input) ${RESULT} }`;
const DELETE = `mutation($input: DeleteGalleryInput!) { deleteGallery(input: $input) { deletedId userErrors { code message path } } }`;
const ACCESS = `query($id: ID!, $after: String) {
  gallery(id: $id) { accessList { user { id } level } }
  users(first: 100, after: $after) { edges { node { id displayName role disabled } } pageInfo { hasNextPage endCursor } }
}`;
const SET_ACCESS = `mutation($input: SetGalleryAccessInput!) { setGalleryAccess(input: $input) { userErrors { message } } }`;

export const GALLERY_FIELDS = FIELDS;

export const VISIBILITY = {
  FAMILY: { short: 'Family', label: 'The family', hint: 'Everyone who is signed in may look and comment.' },
  RESTRICTED: { short: 'Some people', label: 'Some people', hint: 'Only those on its access list.' },
  PRIVATE: { short: 'Admins', label: 'Only admins', hint: 'Nobody else learns that it is there.' },
};

const LEVELS = [['', 'Not on the list'], ['VIEW', 'May look'], ['COMMENT', 'May comment'], ['CONTRIBUTE', 'May add pictures']];

/** Asks for a new gallery (null) or changes to one. Resolves with the gallery as it is now, or nothing. */
export function editGallery(gallery) {
  return dialog(gallery ? 'Edit gallery' : 'New gallery', close => {
    const choice = ([value, { label, hint }]) => el('label', { class: 'choice' },
      el('input', { type: 'radio', name: 'visibility', value, checked: value === (gallery?.visibility ?? 'FAMILY') }),
      el('span', {}, el('strong', {}, label), el('small', {}, hint)));
    const submit = async ({ title, description, visibility, sort }) => {
      const changes = { title, description: description.trim() || null, visibility, sort };
      const payload = gallery
        ? await mutate(UPDATE, { input: { id: gallery.id, ...changes } })
        : await mutate(CREATE, { input: changes });
      if (payload.gallery) close(payload.gallery);
      return payload.userErrors;
    };
    return form({ submit: gallery ? 'Save' : 'Make gallery', cancel: () => close() }, submit,
      field('Title', el('input', { name: 'title', value: gallery?.title ?? '', required: true })),
      field('Description', el('textarea', { name: 'description', rows: 3 }, gallery?.description ?? '')),
      el('fieldset', {}, el('legend', {}, 'Who may see it'), Object.entries(VISIBILITY).map(choice)),
      field('Order', select({ name: 'sort' },
        [['TAKEN_AT_ASC', 'Oldest picture first'], ['TAKEN_AT_DESC', 'Newest picture first']], gallery?.sort)));
  });
}

/** The access list; every change counts at once. */
export async function editAccess(gallery) {
  const levels = new Map();
  const people = [];
  let after = null;
  do {
    const data = await graphql(ACCESS, { id: gallery.id, after });
    for (const { user, level } of data.gallery.accessList) levels.set(user.id, level);
    people.push(...data.users.edges.map(edge => edge.node));
    after = data.users.pageInfo.hasNextPage ? data.users.pageInfo.endCursor : null;
  } while (after);
  const line = person => {
    const control = select({ name: person.id, 'aria-label': person.displayName }, LEVELS, levels.get(person.id) ?? '');
    control.addEventListener('change', async () => {
      control.disabled = true;
      const level = control.value || null;
      try {
        const payload = await mutate(SET_ACCESS, { input: { galleryId: gallery.id, userId: person.id, level } });
        if (settled(payload)) {
          levels.set(person.id, level);
          notice(`${person.displayName}: ${LEVELS.find(([value]) => value === (level ?? ''))[1].toLowerCase()}.`);
        }
      } catch (error) {
        notice(error.message, 'bad');
      }
      control.value = levels.get(person.id) ?? '';
      control.disabled = false;
      control.focus();
    });
    return el('li', {}, el('span', {}, person.displayName, person.disabled && el('small', {}, ' (account closed)')), control);
  };
  const visitors = people.filter(person => person.role === 'VISITOR');
  const explain = {
    FAMILY: 'The whole family sees this gallery and may comment. Put on the list who may add pictures too.',
    RESTRICTED: 'Only the people on this list see this gallery. Admins always do.',
    PRIVATE: 'This gallery is for admins only: the list counts once you open it to some people or the family.',
  };
  return dialog(`Access to “${gallery.title}”`, () => el('div', {},
    el('p', {}, explain[gallery.visibility]),
    visitors.length ? el('ul', { class: 'access' }, visitors.map(line)) : el('p', { class: 'hint' }, 'There are no visitors yet. Invite them under People.')));
}

/** Resolves with whether the gallery was deleted. */
export async function deleteGallery(gallery) {
  const text = gallery.mediaCount
    ? `${pictures(gallery.mediaCount)} in it will go into the trash, from where an admin can restore them, and the gallery with them.`
    : 'It is empty. This cannot be undone.';
  if (!await confirm(`Delete “${gallery.title}”?`, text, 'Delete gallery')) return false;
  const input = { id: gallery.id, withMedia: gallery.mediaCount > 0 };
  return settled(await mutate(DELETE, { input }));
}
