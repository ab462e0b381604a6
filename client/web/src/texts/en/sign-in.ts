import type { Texts } from '../areas';

export default {
  lead: 'The family’s photos and videos.',
  who: 'Who are you?',
  byEmail: 'Sign in by e-mail',
  hello: 'Hello, {name}',
  password: 'Password',
  email: 'E-mail',
  submit: 'Sign in',
  someoneElse: 'Somebody else',
  welcome: 'Welcome',
  choosePassword: 'Please choose a password of your own. From now on you sign in with it.',
  chooseForAll: 'Please choose a new password. It is the one by which all of you sign in from now on.',
  newPassword: 'New password',
  newPasswordHint: 'At least 8 characters.',
  yourName: 'Your name',
  yourNameHint: 'How the others see you. Leave it empty to keep the name from your invitation.',
  yourNameShared: 'It stands under your comments, so that the others know who wrote them. It stays on this device, and can wait.',
  byLink: 'Did you come by a link that somebody sent you? Then open that link again: no password is needed here.',
  saveAndGoOn: 'Save and go on',
} as const satisfies Texts;
