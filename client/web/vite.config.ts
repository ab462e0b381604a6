import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** Where `mantel` runs while one works on the client: `npm run dev` hands requests of the API on to it. */
const server = process.env['MANTEL_URL'] ?? 'http://127.0.0.1:8480';
const handOn = { target: server, changeOrigin: true, headers: { origin: server } };

/**
 * Few files: each of its own costs a request, and compresses worse. What everybody needs at once; what most look at; what those
 * need who look after things; each with its texts. Photoswipe comes with the first picture that is looked at.
 */
const LOOK = 'gallery|timeline|viewer|search|activity';
const MANAGE = 'access|edit|people|links|trash|settings|share|uploads';
const GROUPS = [
  { name: 'core', tags: ['$initial' as const], priority: 30 },
  { name: 'viewer', test: /node_modules\/photoswipe|src\/viewer\//, priority: 20 },
  { name: 'look', test: new RegExp(`src/(media|screens/(${LOOK}))/`), priority: 10 },
  { name: 'manage', test: new RegExp(`src/(access|edit|screens/(${MANAGE}))/`), priority: 10 },
  { name: 'ui', test: /src\/(ui|api)\//, priority: 5 },
  ...['en', 'de'].flatMap(language => [
    { name: `look-${language}`, test: new RegExp(`src/texts/${language}/(${LOOK})\\.ts`), priority: 10 },
    { name: `manage-${language}`, test: new RegExp(`src/texts/${language}/(${MANAGE})\\.ts`), priority: 10 },
  ]),
];

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
        codeSplitting: { groups: GROUPS, includeDependenciesRecursively: false },
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  server: { proxy: { '/graphql': handOn, '/config.json': handOn, '/graphiql': handOn } },
});
