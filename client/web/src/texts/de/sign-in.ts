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
  chooseForAll: 'Bitte wähle ein neues Passwort. Damit meldet ihr euch künftig alle an.',
  newPassword: 'Neues Passwort',
  newPasswordHint: 'Mindestens 8 Zeichen.',
  yourName: 'Dein Name',
  yourNameHint: 'So sehen dich die anderen. Leer lassen, um den Namen aus der Einladung zu behalten.',
  yourNameShared: 'Er steht unter deinen Kommentaren, damit die anderen wissen, wer sie geschrieben hat. Er bleibt auf diesem Gerät und kann warten.',
  byLink: 'Bist du über einen Link gekommen, den dir jemand geschickt hat? Dann öffne ihn noch einmal, du brauchst hier kein Passwort.',
  saveAndGoOn: 'Speichern und weiter',
} as const satisfies Translation<typeof en>;
