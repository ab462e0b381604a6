import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { Ended } from './session';

// Two tabs of one browser: each has the module and a window of its own; they share the local storage. One of them acts, the
// other one hears of it.
const send = vi.hoisted(() => vi.fn());
vi.mock('./http', () => ({ send, dataOf: ({ body }: { body: { data: unknown } }) => body.data }));

type Session = typeof import('./session');

class FakeStorage {
  #items = new Map<string, string>();
  heard: ((key: string, newValue: string | null) => void) | null = null;
  getItem = (key: string): string | null => this.#items.get(key) ?? null;
  setItem = (key: string, value: string): void => {
    this.#items.set(key, value);
    this.heard?.(key, value);
  };
  removeItem = (key: string): void => {
    if (this.#items.delete(key)) this.heard?.(key, null);
  };
}

const local = new FakeStorage();
let other: { session: Session; ends: Ended[]; window: EventTarget };
let here: { session: Session; ends: Ended[] };

async function tab(): Promise<typeof other> {
  vi.resetModules();
  const window = new EventTarget();
  vi.stubGlobal('window', window);
  const session = await import('./session');
  const ends: Ended[] = [];
  session.sessionEvents.addEventListener('ended', event => ends.push((event as CustomEvent<Ended>).detail));
  return { session, ends, window };
}

const tokens = (name: string): { accessToken: string; refreshToken: string } => ({ accessToken: `${name} access`, refreshToken: `${name} refresh` });
const renewed = (name: string): unknown => ({ body: { data: { refreshSession: { session: tokens(name) } } } });

beforeEach(async () => {
  vi.stubGlobal('localStorage', local);
  vi.stubGlobal('sessionStorage', new FakeStorage());
  vi.stubGlobal('navigator', {});
  for (const key of ['mantel.refreshToken', 'mantel.sessionEnded']) local.removeItem(key);
  other = await tab();
  here = await tab();
  // What this tab writes, the other one hears of.
  local.heard = (key, newValue) => void other.window.dispatchEvent(Object.assign(new Event('storage'), { key, newValue }));
  send.mockReset();
  here.session.openSession(tokens('Anna'));
});

afterEach(() => {
  local.heard = null;
  vi.unstubAllGlobals();
});

test('other tabs hear whether a session ended by choice or by itself', () => {
  here.session.forgetSession(false);
  here.session.openSession(tokens('Anna'));
  here.session.forgetSession(true);
  expect(other.ends).toEqual([{ byChoice: false, guest: false, here: false }, { byChoice: true, guest: false, here: false }]);
});

test('signing in where somebody is signed in in another tab ends that, and begins anew there', () => {
  const opened = vi.fn();
  vi.stubGlobal('window', other.window);
  other.session.onOpenedElsewhere(opened);
  here.session.openSession(tokens('Ben'));
  expect(other.ends).toEqual([{ byChoice: false, guest: false, here: false }]);
  expect(opened).toHaveBeenCalledOnce();
  expect(other.session.refreshToken()).toBe('Ben refresh');
});

test('a renewal ends nothing in other tabs', async () => {
  send.mockResolvedValue(renewed('Anna’s new'));
  expect(await here.session.access('Anna access')).toBe('Anna’s new access');
  expect(local.getItem('mantel.refreshToken')).toBe('Anna’s new refresh');
  expect([...here.ends, ...other.ends]).toEqual([]);
});

test('a renewal that comes after signing out is thrown away', async () => {
  send.mockImplementation(async () => {
    here.session.forgetSession(true);
    return renewed('Anna’s new');
  });
  await expect(here.session.access('Anna access')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(here.session.hasSession()).toBe(false);
  expect(here.ends).toHaveLength(1);
});

test('a renewal that comes after a share link was opened is kept for the family, and not used by the guest', async () => {
  send.mockImplementation(async () => {
    here.session.openGuestSession(tokens('guest'));
    return renewed('Anna’s new');
  });
  await expect(here.session.access('Anna access')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await here.session.access(null)).toBe('guest access');
  expect(local.getItem('mantel.refreshToken')).toBe('Anna’s new refresh');
});

test('opening a share link ends the session of the family in this tab alone', () => {
  here.session.openGuestSession(tokens('guest'));
  expect(here.ends).toEqual([{ byChoice: false, guest: false, here: true }]);
  expect(other.ends).toEqual([]);
  here.session.forgetSession(true);
  expect(here.session.refreshToken()).toBe('Anna refresh');
});

test('a visit that ended by itself stays so in its tab, whoever of the family is signed in, until one leaves it', async () => {
  here.session.openGuestSession(tokens('guest'));
  send.mockResolvedValue({ body: { data: { refreshSession: { session: null } } } });
  await expect(here.session.access('guest access')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(here.ends.at(-1)).toEqual({ byChoice: false, guest: true, here: true });
  expect([here.session.isVisitOver(), here.session.hasSession()]).toEqual([true, false]);
  send.mockResolvedValue(renewed('Anna’s new'));
  await expect(here.session.access(null)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  here.session.forgetVisit();
  expect(await here.session.access(null)).toBe('Anna’s new access');
});

test('a visit that a guest ends leaves no trace', () => {
  here.session.openGuestSession(tokens('guest'));
  here.session.forgetSession(true);
  expect([here.session.isVisitOver(), here.session.refreshToken()]).toEqual([false, 'Anna refresh']);
});
