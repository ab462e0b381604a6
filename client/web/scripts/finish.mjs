// The last step of a build: tells the service worker what belongs to the shell, puts a compressed file beside each that
// gains by it, and records what all of it was built from.

import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

import { hashOfSources } from './sources.mjs';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const COMPRESSED = /\.(js|css|html|svg|json|webmanifest)$/;

const files = readdirSync(dist, { recursive: true })
  .map(file => file.replaceAll('\\', '/'))
  .filter(file => statSync(dist + file).isFile())
  .sort();

const worker = readFileSync(`${dist}sw.js`, 'utf8');
const MARK = '__MANTEL_SHELL__';
if (!worker.includes(MARK)) throw new Error('the service worker has no place for the list of files');
const shell = files.filter(file => file.startsWith('assets/')).map(file => `/${file}`);
writeFileSync(`${dist}sw.js`, worker.replace(MARK, shell.join(' ')));

for (const file of files.filter(file => COMPRESSED.test(file))) {
  const bytes = readFileSync(dist + file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${dist}${file}.br`, brotliCompressSync(bytes, { params }));
}
writeFileSync(`${dist}sources.sha256`, `${hashOfSources()}\n`);
