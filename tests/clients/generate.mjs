// Writes the typed clients: `node generate.mjs FOLDER`.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { readContract } from './contract.mjs';
import { generateKotlin } from './kotlin.mjs';
import { generateSwift } from './swift.mjs';
import { generateTypeScript } from './typescript.mjs';

/** Writes `{ path: text }` below a folder. */
export function write(folder, files) {
    for (const [path, text] of Object.entries(files)) {
        const target = join(folder, path);
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, text);
    }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const folder = process.argv[2];
    if (!folder) {
        console.error('usage: node generate.mjs FOLDER');
        process.exit(2);
    }
    const contract = readContract();
    const files = {
        ...(await generateTypeScript(contract)),
        ...generateSwift(contract),
        ...(await generateKotlin(contract)),
    };
    write(folder, files);
    console.log(
        Object.keys(files)
            .map((path) => join(folder, path))
            .join('\n'),
    );
}
