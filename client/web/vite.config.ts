import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** Where `mantel` runs while one works on the client: `npm run dev` hands requests of the API on to it. */
const server = process.env['MANTEL_URL'] ?? 'http://127.0.0.1:8480';
const handOn = { target: server, changeOrigin: true, headers: { origin: server } };

interface Modules {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null;
}

/**
 * Few files: each of its own costs a request, and compresses worse. A module is in the first of these whose roots need it, so that
 * a file needs none that comes after it.
 */
const FILES: readonly (readonly [name: string, roots: readonly string[]])[] = [
  ['start', ['/src/main.svelte.ts']],
  ['sign-in', ['/SignIn.svelte']],
  ['galleries', ['/Galleries.svelte']],
  ['news', ['/activity/unread.svelte.ts', '/offline/answers.ts']],
  ['look', ['/Gallery.svelte', '/Timeline.svelte', '/Favourites.svelte', '/Activity.svelte', '/Search.svelte', '/Confirm.svelte', '/offline/worker.ts']],
  ['viewer', ['/Viewer.svelte', '/Lightbox.svelte', '/viewer/Panel.svelte']],
  ['uploads', ['/uploads/Panel.svelte', '/share/Share.svelte']],
  ['manage', ['/People.svelte', '/Links.svelte', '/Trash.svelte', '/Settings.svelte', '/Guest.svelte', '/AccessDialog.svelte',
    '/ShareDialog.svelte', '/GalleryForm.svelte', '/EditDialog.svelte', '/MoveDialog.svelte', '/MediaActions.svelte', '/AsPerson.svelte',
    '/Order.svelte', '/NewGallery.svelte']],
];
const ids = new Set<string>();
const needed = new Map<string, ReadonlySet<string>>();

/** All that the roots of a file need at once. */
function needs(name: string, roots: readonly string[], modules: Modules): ReadonlySet<string> {
  const known = needed.get(name);
  if (known) return known;
  const found = new Set<string>();
  const visit = (id: string): void => {
    if (found.has(id)) return;
    found.add(id);
    modules.getModuleInfo(id)?.importedIds.forEach(visit);
  };
  [...ids].filter(id => roots.some(root => id.endsWith(root))).forEach(visit);
  needed.set(name, found);
  return found;
}

/** Texts come in files, too; all others are for what is loaded last. */
const TEXTS: readonly (readonly [name: string, areas: readonly string[]])[] = [
  ['start', ['common', 'sign-in', 'galleries']],
  ['look', ['gallery', 'timeline', 'viewer', 'search', 'activity']],
];

function fileOf(id: string, modules: Modules): string | null {
  const texts = /src\/texts\/(en|de)\/([a-z-]+)\.ts$/.exec(id);
  if (texts) return `${TEXTS.find(([, areas]) => areas.includes(texts[2]!))?.[0] ?? 'manage'}-${texts[1]}`;
  return FILES.find(([name, roots]) => needs(name, roots, modules).has(id))?.[0] ?? null;
}

/** Remembers which modules there are. */
const listing = { name: 'listing', moduleParsed: ({ id }: { id: string }) => void ids.add(id) };

export default defineConfig({
  plugins: [svelte(), listing],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    // Names of scripts to fetch ahead would make up a part of what every page begins with.
    modulePreload: { polyfill: false, resolveDependencies: (_, files) => files.filter(file => file.endsWith('.css')) },
    cssCodeSplit: true,
    // The service worker is built apart: scripts/service-worker.mjs.
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: fileOf }], includeDependenciesRecursively: false },
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  server: { proxy: { '/graphql': handOn, '/config.json': handOn, '/graphiql': handOn } },
});
