// The last step of a build: makes the service worker, which knows what belongs to the shell, puts a compressed file beside
// each that gains by it, and records what all of it was built from.

import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

import { buildServiceWorker } from './service-worker.mjs';
import { hashOfSources } from './sources.mjs';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
/** Beside the assets: what a page without a connection shows. */
const SHELL = /^(icon\.svg|icon-192\.png|manifest\.webmanifest)$/;
const COMPRESSED = /\.(js|css|html|svg|json|webmanifest)$/;

const filesOfDist = () => readdirSync(dist, { recursive: true })
  .map(file => file.replaceAll('\\', '/'))
  .filter(file => statSync(dist + file).isFile())
  .sort();

const shell = filesOfDist().filter(file => file.startsWith('assets/') || SHELL.test(file));
await buildServiceWorker(dist, shell);

for (const file of filesOfDist().filter(file => COMPRESSED.test(file))) {
  const bytes = readFileSync(dist + file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${dist}${file}.br`, brotliCompressSync(bytes, { params }));
}
writeFileSync(`${dist}sources.sha256`, `${hashOfSources()}\n`);
