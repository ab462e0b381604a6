// Generates typed clients into a temporary folder and checks them; then holds the schema against the last release.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { problemsOfChanges, releaseOf } from './breaking.mjs';
import { readContract, readReleased } from './contract.mjs';
import { write } from './generate.mjs';
import { checkKotlin, generateKotlin } from './kotlin.mjs';
import { checkSwift, generateSwift } from './swift.mjs';
import { checkTypeScript, generateTypeScript } from './typescript.mjs';

const contract = readContract();
const { released, allowed } = readReleased();

const checks = {
    'TypeScript compiles': async () => {
        const folder = mkdtempSync(join(tmpdir(), 'mantel-clients-'));
        try {
            write(folder, await generateTypeScript(contract));
            return checkTypeScript(folder);
        } finally {
            rmSync(folder, { recursive: true });
        }
    },
    'Swift parses, and has every operation': () =>
        Object.values(generateSwift(contract)).flatMap((text) => checkSwift(text, contract)),
    'Kotlin parses, and has every input': async () =>
        Object.values(await generateKotlin(contract)).flatMap((text) => checkKotlin(text, contract)),
    [`Nothing breaks clients of the last release (${releaseOf(released)})`]: () =>
        problemsOfChanges(released, contract.sdl, allowed),
};

let failed = 0;
for (const [what, check] of Object.entries(checks)) {
    const problems = await Promise.resolve()
        .then(check)
        .catch((error) => [error.stack]);
    console.log(`${problems.length ? 'FAILED' : 'ok'}: ${what}`);
    for (const problem of problems) console.log(problem.replaceAll(/^/gm, '    '));
    if (problems.length) failed += 1;
}
console.log(
    `${contract.operations.length} operations; ${Object.keys(checks).length - failed} passed, ${failed} failed`,
);
process.exit(failed === 0 && contract.operations.length > 0 ? 0 : 1);
