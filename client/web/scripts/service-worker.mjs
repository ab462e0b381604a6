// Builds the service worker: one script of its own, at an address that never changes, as browsers look there for a newer one.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { build } from 'vite';

const web = fileURLToPath(new URL('..', import.meta.url));

/** Writes dist/sw.js. `shell` is what it keeps of dist; a change of any of it makes it another version. */
export async function buildServiceWorker(dist, shell) {
  const version = createHash('sha256');
  for (const file of ['index.html', ...shell]) version.update(`${file}\0`).update(readFileSync(dist + file));
  await build({
    configFile: false,
    root: web,
    publicDir: false,
    logLevel: 'warn',
    define: {
      __MANTEL_SHELL__: JSON.stringify(shell.map(file => `/${file}`)),
      __MANTEL_VERSION__: JSON.stringify(version.digest('hex').slice(0, 16)),
    },
    build: {
      target: 'es2022',
      outDir: dist,
      emptyOutDir: false,
      modulePreload: false,
      rolldownOptions: {
        input: 'src/sw.ts',
        output: { format: 'iife', entryFileNames: 'sw.js' },
      },
    },
  });
}
