// Builds dist: `npm run build`.

import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

import { build } from 'vite';

import { hashOfSources } from './sources.mjs';

const here = fileURLToPath(new URL('./', import.meta.url));
const [built, dist] = [`${here}build`, `${here}dist`];

const types = spawnSync(process.execPath, [`${here}node_modules/typescript/bin/tsc`, '-p', here], { stdio: 'inherit' });
if (types.status !== 0) process.exit(1);

// Before the build, so that a source that changes meanwhile does not count as built.
const sources = await hashOfSources();
await build({ root: here, configFile: `${here}vite.config.ts`, logLevel: 'warn' });

// Licences that Vite does not find: of what is in the worker alone, and of what Monaco brings within itself.
for (const file of ['picomatch-browser/LICENSE', 'monaco-editor/ThirdPartyNotices.txt']) {
  await appendFile(`${built}/licenses.txt`, `\n## ${file}\n\n${await readFile(`${here}node_modules/${file}`, 'utf8')}`);
}
await appendFile(`${built}/licenses.txt`, `
## Codicons, and DOMPurify, both within Monaco

Codicons: Copyright (c) Microsoft Corporation, https://github.com/microsoft/vscode-codicons, under Creative Commons
Attribution 4.0, https://creativecommons.org/licenses/by/4.0/. The font is as it came.

DOMPurify: Copyright (c) Cure53 and other contributors, https://github.com/cure53/DOMPurify, under the Apache License 2.0
or the Mozilla Public License 2.0.
`);

await rm(dist, { recursive: true, force: true });
let total = 0;
for (const entry of await readdir(built, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = relative(built, `${entry.parentPath}/${entry.name}`);
  const compressed = compress(await readFile(`${built}/${path}`));
  await mkdir(dirname(`${dist}/${path}`), { recursive: true });
  await writeFile(`${dist}/${path}.br`, compressed);
  console.log(`${String(compressed.length).padStart(8)}  ${path}`);
  total += compressed.length;
}
await writeFile(`${dist}/sources.sha256`, `${sources}\n`);
await rm(built, { recursive: true });
console.log(`${String(total).padStart(8)}  bytes in all`);

function compress(bytes) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params });
}
