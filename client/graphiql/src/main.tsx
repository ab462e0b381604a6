import './style.css';

import { lazy, StrictMode, Suspense, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

import { Notice } from './notice.tsx';
import { isSignedIn, sessionEvents } from './session.ts';
import { texts } from './texts.ts';
import { loadPerson, type Person } from './person.ts';

// Whoever is not signed in does not load it.
const Workbench = lazy(() => import('./workbench.tsx'));

type State = { is: 'loading' } | { is: 'signed out' } | { is: 'failed'; reason: string } | { is: 'ready'; person: Person };

async function findState(): Promise<State> {
  if (!isSignedIn()) return { is: 'signed out' };
  const { person, reason } = await loadPerson();
  if (person) return { is: 'ready', person };
  return isSignedIn() ? { is: 'failed', reason } : { is: 'signed out' };
}

function App() {
  const [state, setState] = useState<State>({ is: 'loading' });
  useEffect(() => {
    let asked = 0;
    const look = async () => {
      const mine = ++asked;
      const found = await findState();
      if (mine !== asked) return;
      // What somebody is at work on is not taken away because the connection is bad.
      setState(shown => (found.is === 'failed' && shown.is === 'ready' ? shown : found));
    };
    void look();
    sessionEvents.addEventListener('change', look);
    return () => sessionEvents.removeEventListener('change', look);
  }, []);

  switch (state.is) {
    case 'loading':
      return <Notice title={texts.loading} />;
    case 'signed out':
      return (
        <Notice title={texts.signedOut} hint={texts.signedOutHint}>
          <a className="action" href="/">{texts.signIn}</a>
        </Notice>
      );
    case 'failed':
      return (
        <Notice title={texts.failed} hint={state.reason}>
          <button className="action" type="button" onClick={() => location.reload()}>{texts.retry}</button>
        </Notice>
      );
    case 'ready':
      return (
        <Suspense fallback={<Notice title={texts.loading} />}>
          <Workbench person={state.person} />
        </Suspense>
      );
  }
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html has an element with the id root');
createRoot(root).render(<StrictMode><App /></StrictMode>);
