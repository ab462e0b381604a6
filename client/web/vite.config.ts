import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** Where `mantel` runs while one works on the client: `npm run dev` hands requests of the API on to it. */
const server = process.env['MANTEL_URL'] ?? 'http://127.0.0.1:8480';
const handOn = { target: server, changeOrigin: true, headers: { origin: server } };

/**
 * Few files: each of its own costs a request, and compresses worse. What everybody needs at once is one; the viewer, which comes
 * with the first picture that is looked at; what several screens share; and the texts of those who look, and of those who manage.
 */
const LOOK = 'gallery|timeline|viewer|search|activity';
const MANAGE = 'edit|people|links|trash|settings|uploads';
const GROUPS = [
  { name: 'core', tags: ['$initial' as const], priority: 30 },
  { name: 'forms', test: /src\/ui\/(Form|Field|PasswordField)/, priority: 25 },
  { name: 'viewer', test: /node_modules\/photoswipe|src\/viewer\//, priority: 20 },
  ...['en', 'de'].flatMap(language => [
    { name: `look-${language}`, test: new RegExp(`src/texts/${language}/(${LOOK})\\.ts`), priority: 10 },
    { name: `manage-${language}`, test: new RegExp(`src/texts/${language}/(${MANAGE})\\.ts`), priority: 10 },
  ]),
  { name: 'cards', test: /src\/(media\/(Picture|thumbhash)|texts\/format|screens\/galleries\/(Cards|CardFace|Galleries|galleries))|node_modules\/thumbhash/, priority: 8 },
  { name: 'gallery', test: /src\/(media|screens\/(gallery|timeline))\//, priority: 7 },
  { name: 'manage', test: /src\/(access|edit|screens\/(people|links|trash|settings))\//, priority: 7 },
  { name: 'shared', minShareCount: 2, priority: 1 },
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
