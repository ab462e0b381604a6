// One's own account.

import { forgetSession, mutate, signOut } from '../api.js';
import { button, confirm, el, field, form, notice } from '../dom.js';
import { passwordField } from './sign-in.js';

const NAME = `mutation($input: UpdateProfileInput!) {
  updateProfile(input: $input) { user { displayName } userErrors { code message path } }
}`;
const PASSWORD = `mutation($input: ChangePasswordInput!) { changePassword(input: $input) { userErrors { code message path } } }`;

export async function profileView({ user, uploads, changedUser }) {
  const shared = user.email === null;
  const rename = async ({ displayName }) => {
    const payload = await mutate(NAME, { input: { displayName } });
    if (payload.user) {
      changedUser(payload.user);
      notice('Your name is saved.');
    }
    return payload.userErrors;
  };
  const changePassword = async (input, node) => {
    const { userErrors } = await mutate(PASSWORD, { input });
    if (!userErrors.length) {
      node.reset();
      notice('Your password is changed.');
    }
    return userErrors;
  };
  const leave = everywhere => async () => {
    const open = uploads.pending ? 'Uploads that are under way will be cut short.' : null;
    const far = shared ? 'Everybody who uses this account has to sign in again, on every device.' : 'You have to sign in again on every device.';
    const text = [everywhere && far, open].filter(Boolean).join(' ');
    if (text && !await confirm(everywhere ? 'Sign out everywhere?' : 'Sign out?', text, 'Sign out')) return;
    try {
      await signOut(everywhere);
    } catch (error) {
      // Leaving this device must work without the server too; leaving the others cannot.
      if (everywhere) throw error;
    }
    forgetSession(null);
  };
  const node = el('section', { class: 'narrow' },
    el('div', { class: 'page-head' }, el('h1', {}, user.displayName)),
    el('p', { class: 'facts' }, [user.email ?? 'An account that several people share', user.role === 'ADMIN' ? 'Admin' : 'Visitor'].join(' · ')),
    el('div', { class: 'block' }, el('h2', {}, 'Name'),
      form({ submit: 'Save name', kind: '' }, rename,
        field('How the others see you', el('input', { name: 'displayName', value: user.displayName, autocomplete: 'name' })))),
    el('div', { class: 'block' }, el('h2', {}, 'Password'),
      shared && el('p', { class: 'hint' }, 'A new password counts for everybody who uses this account.'),
      form({ submit: 'Change password', kind: '' }, changePassword,
        el('input', { type: 'text', autocomplete: 'username', value: user.email ?? user.displayName, hidden: true }),
        passwordField('Present password', 'currentPassword', 'current-password'),
        passwordField('New password', 'newPassword', 'new-password', 'At least 8 characters.'))),
    el('div', { class: 'block' }, el('h2', {}, 'Signing out'),
      el('div', { class: 'actions start' }, button('Sign out', leave(false)), button('Sign out everywhere', leave(true), { kind: 'quiet' }))),
    el('p', {}, el('a', { class: 'button quiet', href: '/graphiql' }, 'GraphQL console')));
  return { node, title: 'You' };
}
