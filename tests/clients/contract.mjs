// The contract as it stands in the repository: the schema, and what clients send.

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** `{ sdl, operations: [{ file, text }] }`: what every generator starts from. */
export function readContract() {
    const folder = `${root}client/operations`;
    const files = readdirSync(folder)
        .filter((file) => file.endsWith('.graphql'))
        .sort();
    return {
        sdl: readFileSync(`${root}schema.graphql`, 'utf8'),
        operations: files.map((file) => ({ file, text: readFileSync(`${folder}/${file}`, 'utf8') })),
    };
}

/** The schema of the last release, and the breaks with it that are meant. */
export function readReleased() {
    return {
        released: readFileSync(`${root}client/released.graphql`, 'utf8'),
        allowed: JSON.parse(readFileSync(`${root}client/breaking-changes.json`, 'utf8')),
    };
}
