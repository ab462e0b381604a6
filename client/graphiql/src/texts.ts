// What our own parts say. GraphiQL itself speaks English only.
const english = {
  back: 'Back to the photos',
  signedInAs: (name: string) => `Signed in as ${name}`,
  examples: 'Examples',
  loading: 'One moment…',
  signedOut: 'Nobody is signed in here.',
  signedOutHint: 'GraphiQL asks as the person who is signed in to Mantel in this browser. Sign in there, then come back.',
  signIn: 'Go to Mantel',
  failed: 'GraphiQL could not start.',
  retry: 'Try again',
  unreachable: 'Mantel cannot be reached. Please check the connection and try again.',
  streamBroke: 'The stream broke off. Run the subscription again to listen on.',
};

const german: typeof english = {
  back: 'Zurück zu den Fotos',
  signedInAs: name => `Angemeldet als ${name}`,
  examples: 'Beispiele',
  loading: 'Einen Augenblick …',
  signedOut: 'Hier ist niemand angemeldet.',
  signedOutHint:
    'GraphiQL fragt im Namen der Person, die in diesem Browser bei Mantel angemeldet ist. Bitte dort anmelden und dann zurückkommen.',
  signIn: 'Zu Mantel',
  failed: 'GraphiQL konnte nicht starten.',
  retry: 'Noch einmal versuchen',
  unreachable: 'Mantel ist nicht erreichbar. Bitte die Verbindung prüfen und noch einmal versuchen.',
  streamBroke: 'Der Strom ist abgerissen. Zum Weiterhören die Subscription noch einmal ausführen.',
};

const preferred = navigator.languages.map(tag => tag.split('-')[0]).find(tag => tag === 'de' || tag === 'en');

export const language = preferred ?? 'en';
export const texts = language === 'de' ? german : english;
