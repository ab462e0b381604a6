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
  newPassword: 'New password',
  newPasswordHint: 'At least 8 characters.',
  yourName: 'Your name',
  yourNameHint: 'How the others see you. Leave it empty to keep the name from your invitation.',
  saveAndGoOn: 'Save and go on',
} as const satisfies Texts;
