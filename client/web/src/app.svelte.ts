// What all screens know: who is signed in, and whether Mantel can be reached.

import { request } from './api';
import type { ViewerQuery } from './api/generated/graphql';
import { SignOut } from './api/generated/SignOut';
import { Viewer } from './api/generated/Viewer';
import { forgetSession, forgetVisit, hasSession, isGuest, isVisitOver, onOpenedElsewhere, refreshToken, sessionEvents, type Ended } from './api/session';
import { belongTo, requestOrLast } from './offline';
import { connection } from './offline/connection.svelte';

export type Person = NonNullable<ViewerQuery['viewer']>;

const NAME = 'mantel.authorName';

class App {
  /** Who is signed in; null when nobody is. */
  user: Person | null = $state.raw(null);
  /** Whether it is being found out who is signed in. */
  starting = $state(true);
  /** Why nobody is: the session ended by itself, or that of a guest did. */
  reason: 'ended' | 'guestEnded' | null = $state(isVisitOver() ? 'guestEnded' : null);
  /** What went wrong when that was asked. */
  problem: unknown = $state.raw(null);
  /** How many things happened that were not read; 100 stands for 100 or more. */
  unread = $state(0);
  /** Counts sessions: who was asked for in one is not who is signed in in the next. */
  #session = 0;

  constructor() {
    sessionEvents.addEventListener('ended', event => {
      this.#session += 1;
      this.user = null;
      const { byChoice, guest } = (event as CustomEvent<Ended>).detail;
      this.reason = byChoice ? null : guest ? 'guestEnded' : 'ended';
    });
    // Renewed in another tab, the session is the same: whoever is signed in here stays so.
    onOpenedElsewhere(() => {
      if (!this.user && !isGuest()) void this.start();
    });
  }

  /** Whether Mantel can be reached, as far as is known. */
  get online(): boolean {
    return connection.online;
  }

  get isAdmin(): boolean {
    return this.user?.role === 'ADMIN';
  }

  get isGuest(): boolean {
    return this.user?.role === 'GUEST';
  }

  /** Finds out who is signed in. */
  async start(): Promise<void> {
    this.problem = null;
    this.starting = true;
    const session = this.#session;
    try {
      const viewer = hasSession() ? (await requestOrLast(Viewer, {})).viewer : null;
      if (session !== this.#session) return;
      if (viewer && !isGuest()) belongTo(viewer.id);
      this.user = viewer;
      this.reason = this.user ? null : this.reason;
    } catch (error) {
      if (session === this.#session && hasSession()) this.problem = error;
    } finally {
      this.starting = false;
    }
  }

  /** Ends what a guest came for. Whoever is signed in on this device is so in this tab again. */
  async leaveVisit(): Promise<void> {
    if (this.isGuest) await this.signOut(false);
    forgetVisit();
    this.reason = null;
    await this.start();
  }

  async signOut(everywhere: boolean): Promise<void> {
    try {
      await request(SignOut, { input: { refreshToken: refreshToken(), everywhere: everywhere && !isGuest() } });
    } catch (error) {
      // A session that is over needs no ending; one that is out of reach is forgotten here all the same, unless all were meant.
      if (everywhere) throw error;
    }
    if (this.user) forgetSession(true);
  }
}

export const app = new App();

/** Whether several people use the account that is signed in: those that the sign-in page offers have no address. */
export const isSharedAccount = (): boolean => app.user?.email === null && !app.isGuest;

/** The name under which one comments by a shared account, on this device. */
export const authorName = (): string | null => localStorage.getItem(NAME);
export const setAuthorName = (name: string): void => localStorage.setItem(NAME, name);
