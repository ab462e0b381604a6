// What dist is built from, as one hash. The formula is in the README: a test of another language computes the same.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

const client = new URL('../', import.meta.url);

const SINGLE = ['.npmrc', 'build.mjs', 'index.html', 'package-lock.json', 'package.json', 'tsconfig.json', 'vite.config.ts'];

/** The hash of all sources, in hexadecimal digits. */
export async function hashOfSources() {
  const lines = await Promise.all((await sourcePaths()).map(async path => `${path}\0${sha256(await read(path))}\n`));
  return sha256(lines.join(''));
}

/** All files that dist is built from, below `client`, in the order of their characters. */
export async function sourcePaths() {
  const own = [...SINGLE.map(name => `graphiql/${name}`), ...(await filesIn('graphiql/src'))];
  const texts = await Promise.all(own.map(async path => (await read(path)).toString('utf8')));
  const operations = texts.flatMap(text => [...text.matchAll(/operations\/([a-z-]+)\.graphql\?raw/g)]);
  return [...new Set([...own, ...operations.map(([, name]) => `operations/${name}.graphql`)])].sort();
}

async function filesIn(folder) {
  const entries = await readdir(new URL(folder, client), { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile());
  const root = new URL(folder, client).pathname;
  return files.map(entry => `${folder}${entry.parentPath.slice(root.length).replaceAll('\\', '/')}/${entry.name}`);
}

const read = path => readFile(new URL(path, client));
const sha256 = bytes => createHash('sha256').update(bytes).digest('hex');
