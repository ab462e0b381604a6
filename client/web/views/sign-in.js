// Signing in: choose who you are, type one password; or by e-mail; and the first password that an invitation asks for.

import { graphqlOpenly, openSession } from '../api.js';
import { button, el, field, form, icon } from '../dom.js';

const SESSION = 'session { accessToken refreshToken } challenge userErrors { code message path }';
const SIGN_IN = `mutation($input: SignInInput!) { signIn(input: $input) { ${SESSION} } }`;
const COMPLETE = `mutation($input: CompleteSignInInput!) { completeSignIn(input: $input) { ${SESSION} } }`;

export function signInView({ reason, signedIn }) {
  const box = el('div', { class: 'sign-in-box' });
  const node = el('section', { class: 'sign-in' },
    el('h1', { class: 'wordmark' }, 'Mantel'),
    el('p', { class: 'lead' }, 'The family’s photos and videos.'),
    reason && el('p', { class: 'note', role: 'alert' }, reason),
    box);

  async function send(query, input, display) {
    const payload = Object.values(await graphqlOpenly(query, { input }))[0];
    if (payload.session) {
      openSession(payload.session);
      signedIn();
    } else if (payload.challenge) {
      show(firstPassword(payload.challenge, display));
    }
    return payload.userErrors;
  }

  function show(...children) {
    box.replaceChildren(...children);
    (box.querySelector('input:not([hidden])') ?? box.querySelector('h2'))?.focus();
  }

  async function choose() {
    box.replaceChildren(el('p', { role: 'status' }, el('span', { class: 'spinner' })));
    let options;
    try {
      options = (await graphqlOpenly('{ signInOptions { id label role } }')).signInOptions ?? [];
    } catch (error) {
      return box.replaceChildren(el('p', { class: 'mistake', role: 'alert' }, error.message), button('Try again', choose));
    }
    if (!options.length) return show(byEmail(false));
    const people = options.map(option => el('button', { type: 'button', class: 'who', onclick: () => show(...byOption(option)) },
      el('span', { class: 'avatar' }, icon(option.role === 'ADMIN' ? 'person' : 'people')),
      el('span', {}, option.label)));
    show(el('h2', { tabindex: '-1' }, 'Who are you?'), el('div', { class: 'who-list' }, people),
      button('Sign in by e-mail', () => show(byEmail(true)), { kind: 'quiet' }));
  }

  function byOption(option) {
    const submit = ({ password }) => send(SIGN_IN, { optionId: option.id, password }, null);
    return [
      el('h2', {}, `Hello, ${option.label}`),
      form({ submit: 'Sign in', cancel: choose }, submit,
        // Password managers keep apart by this what belongs to whom.
        el('input', { type: 'text', name: 'username', autocomplete: 'username', value: option.label, hidden: true }),
        passwordField('Password', 'password', 'current-password')),
    ];
  }

  function byEmail(withBack) {
    const submit = ({ email, password }) => send(SIGN_IN, { email, password }, email);
    return form({ submit: 'Sign in', cancel: withBack && choose }, submit,
      field('E-mail', el('input', { name: 'email', type: 'email', autocomplete: 'username', inputmode: 'email' })),
      passwordField('Password', 'password', 'current-password'));
  }

  function firstPassword(challenge, email) {
    const submit = ({ newPassword, displayName }) =>
      send(COMPLETE, { challenge, newPassword, displayName: displayName.trim() || null }, email);
    return form({ submit: 'Save and go on', cancel: choose }, submit,
      el('h2', {}, 'Welcome'),
      el('p', {}, 'Please choose a password of your own. From now on you sign in with it.'),
      email && el('input', { type: 'text', autocomplete: 'username', value: email, hidden: true }),
      passwordField('New password', 'newPassword', 'new-password', 'At least 8 characters.'),
      field('Your name', el('input', { name: 'displayName', autocomplete: 'name', maxlength: 100 }),
        'How the others see you. Leave it empty to keep the name from your invitation.'));
  }

  choose();
  return { node };
}

export function passwordField(label, name, autocomplete, hint) {
  const input = el('input', { name, type: 'password', autocomplete, required: true });
  const node = field(label, input, hint);
  const reveal = el('button', { type: 'button', class: 'reveal', 'aria-pressed': 'false', onclick: () => {
    const shown = input.type === 'password';
    input.type = shown ? 'text' : 'password';
    reveal.setAttribute('aria-pressed', String(shown));
  } }, 'Show');
  const row = el('div', { class: 'with-reveal' });
  input.replaceWith(row);
  row.append(input, reveal);
  return node;
}
