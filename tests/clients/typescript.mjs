// TypeScript: a typed document for every operation, by graphql-codegen's client preset; compiled by tsc.

import { spawnSync } from 'node:child_process';
import { copyFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { buildSchema, parse } from 'graphql';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

// All of them are texts in JSON. Without a line here, the generator refuses a scalar (`strictScalars`).
const scalars = { ID: 'string', AWSDate: 'string', AWSDateTime: 'string', AWSEmail: 'string', AWSURL: 'string' };

/** Answers `{ path: text }`. Fails where an operation does not fit the schema. */
export async function generateTypeScript({ sdl, operations }) {
    const sections = await preset.buildGeneratesSection({
        baseOutputDir: 'typescript/',
        schema: parse(sdl),
        schemaAst: buildSchema(sdl),
        documents: operations.map(({ file, text }) => ({ location: file, rawSDL: text, document: parse(text) })),
        config: { scalars, strictScalars: true, useTypeImports: true, enumsAsTypes: true },
        presetConfig: { fragmentMasking: false },
        plugins: [],
        pluginMap: {},
    });
    const files = {};
    for (const section of sections) files[section.filename] = await codegen(section);
    return files;
}

/** What the compiler has against the generated files in `folder`, with `use.ts` beside them. */
export function checkTypeScript(folder) {
    symlinkSync(here('node_modules'), `${folder}/node_modules`);
    copyFileSync(here('use.ts'), `${folder}/use.ts`);
    const compilerOptions = {
        strict: true,
        noUncheckedIndexedAccess: true,
        noEmit: true,
        target: 'es2022',
        module: 'esnext',
        moduleResolution: 'bundler',
        types: [],
    };
    writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, include: ['use.ts', 'typescript'] }));
    const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '--project', folder], { encoding: 'utf8' });
    return status === 0 ? [] : [`${stdout}${stderr}`.trim() || `tsc ended with ${status}`];
}
