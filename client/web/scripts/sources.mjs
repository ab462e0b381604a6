// What dist is built from, as one hash: tests/client.rs computes the same, so that nobody needs Node to see whether dist is current.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = [
  'package.json', 'package-lock.json', 'vite.config.ts', 'tsconfig.json', 'svelte.config.js', 'index.html',
  'scripts', 'src', 'public',
];

function filesBelow(path) {
  if (!existsSync(web + path)) return [];
  if (!statSync(web + path).isDirectory()) return [path];
  return readdirSync(web + path).flatMap(name => filesBelow(`${path}/${name}`));
}

const sha256 = bytes => createHash('sha256').update(bytes).digest('hex');

/** SHA-256, in hex, of lines `path NUL sha256(file)`, sorted by path. */
export function hashOfSources() {
  const files = new Map(
    SOURCES.flatMap(filesBelow)
      .filter(path => !path.startsWith('src/api/generated/'))
      .map(path => [path, web + path]),
  );
  const operations = fileURLToPath(new URL('../../operations/', import.meta.url));
  for (const file of readdirSync(operations)) {
    if (file.endsWith('.graphql')) files.set(`operations/${file}`, operations + file);
  }
  files.set('schema.graphql', fileURLToPath(new URL('../../../schema.graphql', import.meta.url)));
  const byBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const lines = [...files.keys()].sort(byBytes).map(path => `${path}\0${sha256(readFileSync(files.get(path)))}\n`);
  return sha256(lines.join(''));
}
