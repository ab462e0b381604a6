import type { Translation } from '../areas';
import type en from '../en/sign-in';

export default {
  lead: 'Die Fotos und Videos der Familie.',
  who: 'Wer bist du?',
  byEmail: 'Mit E-Mail anmelden',
  hello: 'Hallo, {name}',
  password: 'Passwort',
  email: 'E-Mail',
  submit: 'Anmelden',
  someoneElse: 'Jemand anderes',
  welcome: 'Willkommen',
  choosePassword: 'Bitte wähle ein eigenes Passwort. Damit meldest du dich künftig an.',
  newPassword: 'Neues Passwort',
  newPasswordHint: 'Mindestens 8 Zeichen.',
  yourName: 'Dein Name',
  yourNameHint: 'So sehen dich die anderen. Leer lassen, um den Namen aus der Einladung zu behalten.',
  saveAndGoOn: 'Speichern und weiter',
} as const satisfies Translation<typeof en>;
