import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** Where `mantel` runs while one works on the client: `npm run dev` hands requests of the API on to it. */
const server = process.env['MANTEL_URL'] ?? 'http://127.0.0.1:8480';
const handOn = { target: server, changeOrigin: true, headers: { origin: server } };

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
      },
    },
  },
  server: { proxy: { '/graphql': handOn, '/config.json': handOn, '/graphiql': handOn } },
});
