import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** Where `mantel` runs while one works on the client: `npm run dev` hands requests of the API on to it. */
const server = process.env['MANTEL_URL'] ?? 'http://127.0.0.1:8480';
const handOn = { target: server, changeOrigin: true, headers: { origin: server } };

interface Modules {
  getModuleInfo(id: string): { isEntry: boolean; importers: readonly string[] } | null;
}

/** Whether a module is loaded with the page itself, by imports that are no `import()`. */
function isAtStart(id: string, modules: Modules, seen = new Set<string>()): boolean {
  // Modules may import each other in a circle.
  if (seen.has(id)) return false;
  seen.add(id);
  const info = modules.getModuleInfo(id);
  return info !== null && (info.isEntry || info.importers.some(importer => isAtStart(importer, modules, seen)));
}

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    // Names of scripts to fetch ahead would make up a part of what every page begins with.
    modulePreload: { polyfill: false, resolveDependencies: (_, files) => files.filter(file => file.endsWith('.css')) },
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
