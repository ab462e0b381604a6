// Addresses: which screen shows, and going from one to another.

export type ScreenName =
  | 'galleries' | 'gallery' | 'timeline' | 'favourites' | 'search' | 'activity' | 'people' | 'trash' | 'links'
  | 'settings' | 'guest' | 'share' | 'gone';

interface Pattern {
  screen: ScreenName;
  path: RegExp;
  parameters: string[];
}

const PATTERNS: Pattern[] = [
  { screen: 'galleries', path: /^\/$/, parameters: [] },
  { screen: 'gallery', path: /^\/gallery\/([^/]+)(?:\/([^/]+))?$/, parameters: ['gallery', 'media'] },
  { screen: 'timeline', path: /^\/timeline(?:\/([^/]+))?$/, parameters: ['media'] },
  { screen: 'favourites', path: /^\/favourites(?:\/([^/]+))?$/, parameters: ['media'] },
  { screen: 'search', path: /^\/search(?:\/([^/]+))?$/, parameters: ['media'] },
  { screen: 'activity', path: /^\/activity$/, parameters: [] },
  { screen: 'people', path: /^\/people$/, parameters: [] },
  { screen: 'trash', path: /^\/trash$/, parameters: [] },
  { screen: 'links', path: /^\/links$/, parameters: [] },
  { screen: 'settings', path: /^\/settings$/, parameters: [] },
  { screen: 'guest', path: /^\/s$/, parameters: [] },
  { screen: 'share', path: /^\/share$/, parameters: [] },
];

export interface Route {
  screen: ScreenName;
  /** What the path says, by name: `gallery`, `media`. */
  parameters: Readonly<Record<string, string>>;
  query: URLSearchParams;
}

interface Entry {
  /** How far the page was scrolled when it was left. */
  scroll?: number;
  /** Whether this page, and not another site, is what "back" goes to. */
  inside?: boolean;
}

function routeOf(url: URL): Route {
  for (const { screen, path, parameters } of PATTERNS) {
    const match = path.exec(url.pathname);
    if (!match) continue;
    const found = parameters.flatMap((name, at) => {
      const value = match[at + 1];
      return value === undefined ? [] : [[name, safely(value)] as const];
    });
    return { screen, parameters: Object.fromEntries(found), query: url.searchParams };
  }
  return { screen: 'gone', parameters: {}, query: url.searchParams };
}

function safely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

class Router {
  route: Route = $state.raw(routeOf(new URL(location.href)));
  /** Where to scroll once the screen has its content; null where that was done. */
  #scroll: number | null = 0;

  constructor() {
    history.scrollRestoration = 'manual';
    addEventListener('popstate', () => this.#arrive((history.state as Entry | null)?.scroll ?? 0));
    document.addEventListener('click', event => this.#followLink(event));
  }

  /** Goes to a path of this page. Replacing leaves no step to go back to. `keepScroll` is for what lies over a screen. */
  go(path: string, { replace = false, keepScroll = false } = {}): void {
    const entry = history.state as Entry | null;
    if (replace) {
      history.replaceState(entry, '', path);
    } else {
      history.replaceState({ ...entry, scroll: scrollY }, '');
      history.pushState({ inside: true, scroll: keepScroll ? scrollY : 0 } satisfies Entry, '', path);
    }
    this.#arrive(keepScroll || replace ? null : 0);
  }

  /** Goes back to where one came from in this page, or to `path` where one came from elsewhere. */
  back(path: string): void {
    if ((history.state as Entry | null)?.inside) history.back();
    else this.go(path, { replace: true });
  }

  /** To be called by a screen once its content has its height: scrolls to where one was. */
  settled(): void {
    this.comeBack();
  }

  /** The same, and answers how far that was scrolled; null where it was done before. */
  comeBack(): number | null {
    const scroll = this.#scroll;
    this.#scroll = null;
    if (scroll !== null) scrollTo({ top: scroll, behavior: 'instant' });
    return scroll;
  }

  /** To be called instead by a screen that was there all the time, under what lay over it: its heights may be others by now. */
  stayed(): void {
    this.#scroll = null;
  }

  #arrive(scroll: number | null): void {
    this.#scroll = scroll;
    this.route = routeOf(new URL(location.href));
  }

  #followLink(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.origin !== location.origin || link.target || link.hasAttribute('download')) return;
    if (link.pathname.startsWith('/graphiql')) return;
    event.preventDefault();
    // `keep` is for what lies over the screen, such as a picture over its gallery.
    this.go(link.pathname + link.search + link.hash, { keepScroll: link.dataset['keep'] !== undefined });
  }
}

export const router = new Router();
