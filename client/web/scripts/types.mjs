// Writes src/api/generated/: the types of the schema and of all operations, and each operation, shortened.

import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { buildSchema, parse, stripIgnoredCharacters } from 'graphql';

const here = path => fileURLToPath(new URL(path, import.meta.url));
const folder = here('../../operations/');
const out = here('../src/api/generated/');

const sdl = readFileSync(here('../../../schema.graphql'), 'utf8');
const operations = readdirSync(folder)
  .filter(file => file.endsWith('.graphql'))
  .sort()
  .map(file => {
    const text = readFileSync(folder + file, 'utf8');
    return { file, text, document: parse(text) };
  });

// All of them are texts in JSON.
const scalars = { ID: 'string', AWSDate: 'string', AWSDateTime: 'string', AWSEmail: 'string', AWSURL: 'string' };

async function types() {
  const sections = await preset.buildGeneratesSection({
    baseOutputDir: 'generated/',
    schema: parse(sdl),
    schemaAst: buildSchema(sdl),
    documents: operations.map(({ file, text, document }) => ({ location: file, rawSDL: text, document })),
    config: { scalars, strictScalars: true, useTypeImports: true, enumsAsTypes: true, skipTypename: true },
    presetConfig: { fragmentMasking: false },
    plugins: [],
    pluginMap: {},
  });
  return codegen(sections.find(section => section.filename === 'generated/graphql.ts'));
}

/** A module for each operation: a screen then carries its own alone. */
function moduleOf({ text, document }) {
  const [{ name, operation }] = document.definitions;
  // The names that the generator gives to the types.
  const type = `${name.value}${operation[0].toUpperCase()}${operation.slice(1)}`;
  return [
    `import type { ${type}, ${type}Variables } from './graphql';`,
    "import type { Operation } from '../operation';",
    `export const ${name.value} = ${JSON.stringify(stripIgnoredCharacters(text))} as unknown as Operation<${type}, ${type}Variables>;`,
    '',
  ].join('\n');
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
writeFileSync(`${out}graphql.ts`, await types());
for (const operation of operations) {
  writeFileSync(`${out}${operation.document.definitions[0].name.value}.ts`, moduleOf(operation));
}
