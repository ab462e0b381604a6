// Light or dark, as the person or the system wants it; and how galleries are laid out.

export type Theme = 'auto' | 'light' | 'dark';
/** Pictures in calm rows with room between them; or close together, edge to edge. */
export type GalleryTheme = 'rows' | 'mosaic';

const STORED = 'mantel.theme';
const STORED_GALLERY = 'mantel.galleryTheme';
const dark = matchMedia('(prefers-color-scheme: dark)');
// As in app.css: the frame of the browser has the colour of the page.
const PAPER = {
  rows: { light: '#faf8f4', dark: '#171614' },
  mosaic: { light: '#ffffff', dark: '#0e0d0c' },
};
// Pixels; `gap` is `--grid-gap` of app.css, which layouts must know before anything is laid out.
const MEASURES = {
  rows: { rowHeight: 240, gap: 6 },
  mosaic: { rowHeight: 165, gap: 2 },
};

function stored(): Theme {
  const theme = localStorage.getItem(STORED);
  return theme === 'light' || theme === 'dark' ? theme : 'auto';
}

class Themes {
  chosen: Theme = $state(stored());
  gallery: GalleryTheme = $state(localStorage.getItem(STORED_GALLERY) === 'mosaic' ? 'mosaic' : 'rows');

  constructor() {
    this.#show();
    dark.addEventListener('change', () => this.#show());
  }

  /** How high rows of pictures want to be in a wide window, in pixels. */
  get rowHeight(): number {
    return MEASURES[this.gallery].rowHeight;
  }

  /** Pixels between pictures. */
  get gap(): number {
    return MEASURES[this.gallery].gap;
  }

  choose(theme: Theme): void {
    this.chosen = theme;
    localStorage.setItem(STORED, theme);
    this.#show();
  }

  chooseGallery(theme: GalleryTheme): void {
    this.gallery = theme;
    localStorage.setItem(STORED_GALLERY, theme);
    this.#show();
  }

  #show(): void {
    const brightness = this.chosen === 'dark' || (this.chosen === 'auto' && dark.matches) ? 'dark' : 'light';
    const { dataset } = document.documentElement;
    dataset['theme'] = brightness;
    dataset['gallery'] = this.gallery;
    let meta = document.querySelector<HTMLMetaElement>('meta[name=theme-color]');
    if (!meta) {
      meta = document.createElement('meta');
      meta.name = 'theme-color';
      document.head.append(meta);
    }
    meta.content = PAPER[this.gallery][brightness];
  }
}

export const themes = new Themes();
