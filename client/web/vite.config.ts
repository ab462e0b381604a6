import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** Where `mantel` runs while one works on the client: `npm run dev` hands requests of the API on to it. */
const server = process.env['MANTEL_URL'] ?? 'http://127.0.0.1:8480';
const handOn = { target: server, changeOrigin: true, headers: { origin: server } };

type Modules = (id: string) => { isEntry: boolean; importers: readonly string[] } | null;
const atStart = new Map<string, boolean>();

/** Whether a module is loaded with the page itself, by imports that are no `import()`. */
function isAtStart(id: string, modules: Modules): boolean {
  const known = atStart.get(id);
  if (known !== undefined) return known;
  const info = modules.getModuleInfo(id);
  // Modules that import each other in a circle come to their end here.
  atStart.set(id, info?.isEntry ?? false);
  const found = Boolean(info && (info.isEntry || info.importers.some(importer => isAtStart(importer, modules))));
  atStart.set(id, found);
  return found;
}

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    // The service worker is built apart: scripts/service-worker.mjs.
    rolldownOptions: {
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
        // What every page begins with is one file: it is fetched in one go, and compresses better than a dozen.
        codeSplitting: { groups: [{ name: (id, modules) => (isAtStart(id, modules) ? 'start' : null) }] },
      },
    },
  },
  server: { proxy: { '/graphql': handOn, '/config.json': handOn, '/graphiql': handOn } },
});
