// Light or dark, as the person or the system wants it.

export type Theme = 'auto' | 'light' | 'dark';

const STORED = 'mantel.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const PAPER = { light: '#faf8f4', dark: '#171614' };

function stored(): Theme {
  const theme = localStorage.getItem(STORED);
  return theme === 'light' || theme === 'dark' ? theme : 'auto';
}

class Themes {
  chosen: Theme = $state(stored());

  constructor() {
    this.#show();
    dark.addEventListener('change', () => this.#show());
  }

  choose(theme: Theme): void {
    this.chosen = theme;
    localStorage.setItem(STORED, theme);
    this.#show();
  }

  #show(): void {
    const isDark = this.chosen === 'dark' || (this.chosen === 'auto' && dark.matches);
    document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
    let meta = document.querySelector<HTMLMetaElement>('meta[name=theme-color]');
    if (!meta) {
      meta = document.createElement('meta');
      meta.name = 'theme-color';
      document.head.append(meta);
    }
    meta.content = PAPER[isDark ? 'dark' : 'light'];
  }
}

export const themes = new Themes();
