// Says whether dist was built from the sources as they are: `node check.mjs`. Needs no packages.

import { readFile } from 'node:fs/promises';

import { hashOfSources } from './sources.mjs';

const recorded = await readFile(new URL('dist/sources.sha256', import.meta.url), 'utf8').catch(() => null);
if (recorded?.trim() === (await hashOfSources())) {
  console.log('client/graphiql/dist was built from these sources.');
} else {
  const what = recorded === null ? 'is missing' : 'was built from other sources';
  console.error(`client/graphiql/dist ${what}. In client/graphiql run: npm ci --ignore-scripts && npm run build`);
  process.exitCode = 1;
}
