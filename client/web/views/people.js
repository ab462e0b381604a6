// Who belongs to the family, for admins.

import { graphql, mutate } from '../api.js';
import { button, confirm, dialog, el, field, form, notice, select, settled } from '../dom.js';
import { moment } from '../format.js';

const USER = 'id displayName role email disabled lastSeenAt';
const USERS = `query($after: String) { users(first: 100, after: $after) { edges { node { ${USER} } } pageInfo { hasNextPage endCursor } } }`;
const INVITE = `mutation($input: InviteUserInput!) {
  inviteUser(input: $input) { user { ${USER} } temporaryPassword userErrors { code message path } }
}`;
const RESULT = `{ user { ${USER} } userErrors { code message path } }`;
const SET_ROLE = `mutation($input: SetUserRoleInput!) { setUserRole(input: $input) ${RESULT} }`;
const SET_DISABLED = `mutation($input: SetUserDisabledInput!) { setUserDisabled(input: $input) ${RESULT} }`;

const ROLES = [['VISITOR', 'Visitor'], ['ADMIN', 'Admin']];

export async function peopleView({ user: me }) {
  const list = el('ul', { class: 'people' });
  const node = el('section', {},
    el('div', { class: 'page-head' }, el('h1', {}, 'People'), button('Invite', () => { invite().then(added => added && list.append(line(added))); }, { icon: 'plus', kind: 'primary' })),
    list);

  function line(person) {
    const again = next => node.replaceWith(line(next));
    const own = person.id === me.id;
    const role = select({ 'aria-label': `Role of ${person.displayName}`, disabled: own, onchange: async () => {
      role.disabled = true;
      try {
        const payload = await mutate(SET_ROLE, { input: { userId: person.id, role: role.value } });
        if (settled(payload)) {
          notice(`${payload.user.displayName} is ${payload.user.role === 'ADMIN' ? 'an admin' : 'a visitor'} now.`);
          return again(payload.user);
        }
      } catch (error) {
        notice(error.message, 'bad');
      }
      role.value = person.role;
      role.disabled = false;
    } }, ROLES, person.role);
    const setDisabled = async () => {
      const disabled = !person.disabled;
      const text = `${person.displayName} is signed out everywhere at once, and cannot sign in until you open the account again.`;
      if (disabled && !await confirm(`Close the account of ${person.displayName}?`, text, 'Close account')) return;
      const payload = await mutate(SET_DISABLED, { input: { userId: person.id, disabled } });
      if (settled(payload)) again(payload.user);
    };
    const facts = [person.email ?? 'Shared account', person.lastSeenAt ? `last here ${moment(person.lastSeenAt)}` : 'not here yet'];
    const node = el('li', { class: person.disabled && 'closed' },
      el('div', { class: 'person' },
        el('strong', {}, person.displayName, own && ' (you)'), person.disabled && el('span', { class: 'badge' }, 'Closed'),
        el('small', {}, facts.join(' · '))),
      el('div', { class: 'toolbar' }, role,
        !own && button(person.disabled ? 'Open account' : 'Close account', setDisabled, { kind: 'quiet' })));
    return node;
  }

  let after = null;
  do {
    const { users } = await graphql(USERS, { after });
    list.append(...users.edges.map(edge => line(edge.node)));
    after = users.pageInfo.hasNextPage ? users.pageInfo.endCursor : null;
  } while (after);
  return { node, title: 'People' };
}

/** Resolves with the new person, once the password was shown. */
async function invite() {
  const invited = await dialog('Invite somebody', close => {
    const submit = async input => {
      const payload = await mutate(INVITE, { input });
      if (payload.user) close(payload);
      return payload.userErrors;
    };
    return form({ submit: 'Invite', cancel: () => close() }, submit,
      field('Name', el('input', { name: 'displayName', autocomplete: 'off', required: true })),
      field('E-mail', el('input', { name: 'email', type: 'email', autocomplete: 'off', required: true }), 'Used to sign in. Mantel sends no mail.'),
      field('Role', select({ name: 'role' }, ROLES, 'VISITOR'), 'Visitors look, comment, and add pictures where a gallery’s access list says so. Admins look after everything.'));
  });
  if (!invited) return null;
  const { user, temporaryPassword } = invited;
  await dialog(`${user.displayName} can sign in now`, close => {
    const secret = el('code', { class: 'secret', tabindex: '0' }, temporaryPassword);
    return el('div', {},
      el('p', {}, `Tell ${user.displayName} this password. It is shown this once; a new one is chosen at the first sign-in with ${user.email}.`),
      secret,
      el('div', { class: 'actions' }, button('Copy', () => copy(secret)), button('Done', () => close(), { kind: 'primary' })));
  });
  return user;
}

async function copy(node) {
  // The clipboard is open to pages on https only; otherwise the text is selected, to be copied by hand.
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(node.textContent);
    notice('Copied.');
  } else {
    getSelection().selectAllChildren(node);
    notice('Selected: copy it now.');
  }
}
