// Proves that the checks can fail: each is given something broken. `node --test selftest.mjs`

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { problemsOfChanges, releaseOf } from './breaking.mjs';
import { readContract, readReleased } from './contract.mjs';
import { write } from './generate.mjs';
import { checkKotlin, generateKotlin } from './kotlin.mjs';
import { checkSwift, generateSwift } from './swift.mjs';
import { checkTypeScript, generateTypeScript } from './typescript.mjs';

const contract = readContract();
const { released } = readReleased();

/** Replaces what must be there. */
function replaced(text, old, by) {
    assert.ok(text.includes(old), `nothing to replace: ${old}`);
    return text.replace(old, by);
}

/** The contract with one operation changed. */
function withOperation(name, change) {
    const operations = contract.operations.map(({ file, text }) => ({
        file,
        text: file === name ? change(text) : text,
    }));
    assert.ok(operations.some(({ file }) => file === name));
    return { ...contract, operations };
}

const withSchema = (old, by) => ({ ...contract, sdl: replaced(contract.sdl, old, by) });

const onlyText = (files) => {
    assert.equal(Object.keys(files).length, 1);
    return Object.values(files)[0];
};

const swift = onlyText(generateSwift(contract));
const kotlin = onlyText(await generateKotlin(contract));

async function compilerSays(changed, edit = (files) => files) {
    const folder = mkdtempSync(join(tmpdir(), 'mantel-clients-'));
    try {
        write(folder, edit(await generateTypeScript(changed)));
        return checkTypeScript(folder).join('\n');
    } finally {
        rmSync(folder, { recursive: true });
    }
}

const brokenDocuments = {
    'a field that is not there': (text) => replaced(text, 'thumbhash', 'thumbHash'),
    'a variable of another type': (text) => replaced(text, '$id: ID!', '$id: Int!'),
    'a variable that may be null where none may': (text) => replaced(text, '$id: ID!', '$id: ID'),
    'no closing brace': (text) => text.trim().slice(0, -1),
};
for (const [what, change] of Object.entries(brokenDocuments)) {
    test(`an operation with ${what} is refused by both generators`, async () => {
        const broken = withOperation('media.graphql', change);
        await assert.rejects(() => generateTypeScript(broken));
        assert.throws(() => generateSwift(broken));
    });
}

test('a schema that is none is refused by all generators', async () => {
    const broken = withSchema('takenAtOffsetMinutes: Int', 'takenAtOffsetMinutes: Integer');
    await assert.rejects(() => generateTypeScript(broken));
    assert.throws(() => generateSwift(broken));
    await assert.rejects(() => generateKotlin(broken));
});

test('what is as it should be passes', async () => {
    assert.equal(await compilerSays(contract), '');
    assert.deepEqual(checkSwift(swift, contract), []);
    assert.deepEqual(checkKotlin(kotlin, contract), []);
});

test('TypeScript: an operation that lost a field does not compile with its use', async () => {
    const said = await compilerSays(withOperation('gallery.graphql', (text) => replaced(text, 'dominantColor', '')));
    assert.match(said, /use\.ts.*dominantColor.* does not exist/);
});

test('TypeScript: a field that may be null now does not compile with its use', async () => {
    const said = await compilerSays({
        ...contract,
        sdl: contract.sdl.replaceAll('mediaCount: Int!', 'mediaCount: Int'),
    });
    assert.match(said, /use\.ts.*'?node\.mediaCount'? is possibly 'null'/);
});

test('TypeScript: a variable that need not be given any more is noticed', async () => {
    const changed = withOperation('gallery.graphql', (text) => replaced(text, '$id: ID!', '$id: ID! = "gal_x"'));
    assert.match(await compilerSays(changed), /use\.ts.*Unused '@ts-expect-error'/);
});

test('TypeScript: a scalar that nobody mapped is refused', async () => {
    const changed = {
        ...contract,
        sdl: replaced(contract.sdl.replaceAll(': AWSURL', ': Link'), 'scalar AWSURL', 'scalar Link'),
    };
    await assert.rejects(() => generateTypeScript(changed), /Link/);
});

test('TypeScript: output that is none does not compile', async () => {
    const file = 'typescript/graphql.ts';
    const broken = (files) => ({
        ...files,
        [file]: replaced(files[file], 'type SignInInput = {', 'type SignInInput = '),
    });
    assert.match(await compilerSays(contract, broken), /graphql\.ts.*error TS/);
});

const brokenSwift = {
    'no closing brace': (text) => text.trim().slice(0, -1),
    'a brace too many': (text) => `${text}\n}`,
    'a type without a name': (text) => replaced(text, 'public struct SignInInput', 'public struct '),
    'a parameter without a type': (text) => replaced(text, 'mediaId: GraphQLID', 'mediaId: '),
    'an open text': (text) => replaced(text, '"mutation SignIn(', 'mutation SignIn('),
};
for (const [what, change] of Object.entries(brokenSwift)) {
    test(`Swift with ${what} is no Swift`, () => {
        assert.match(checkSwift(change(swift), contract).join('\n'), /^swift, line \d+/);
    });
}

test('Swift: an operation that is not in the output is named', () => {
    const fewer = { ...contract, operations: contract.operations.filter(({ file }) => file !== 'viewer.graphql') };
    const problems = checkSwift(onlyText(generateSwift(fewer)), contract);
    assert.deepEqual(problems, ['swift: viewer.graphql has no class ViewerQuery with a request']);
});

test('Swift: a request that the schema does not take is named', () => {
    const changed = replaced(swift, 'signInOptions {', 'signInOption {');
    assert.match(checkSwift(changed, contract).join('\n'), /SignInOptionsQuery sends: .*signInOption/);
});

const brokenKotlin = {
    'no closing parenthesis': (text) => replaced(text, ') {', ' {'),
    'no closing brace': (text) => text.trim().slice(0, -1),
    'a class without a name': (text) => replaced(text, 'class SignInInput(', 'class ('),
    'a parameter without a type': (text) => replaced(text, 'password: String', 'password String'),
};
for (const [what, change] of Object.entries(brokenKotlin)) {
    test(`Kotlin with ${what} is no Kotlin`, () => {
        assert.match(checkKotlin(change(kotlin), contract).join('\n'), /^kotlin, line \d+/);
    });
}

test('Kotlin: a scalar that nobody mapped, and a number too small for bytes, are named', async () => {
    const text = onlyText(await generateKotlin(contract, {}));
    const problems = checkKotlin(text, contract);
    assert.ok(problems.includes('kotlin: SignInInput names the type Any, which is not there'), problems.join('\n'));
    assert.ok(
        problems.includes('kotlin: RequestUploadInput names the type Float, which is not there'),
        problems.join('\n'),
    );
});

test('Kotlin: an input, a field and a value of an enum that are not in the output are named', () => {
    const problems = (old, by) => checkKotlin(replaced(kotlin, old, by), contract);
    assert.deepEqual(problems('class SignInInput(', 'class SignUpInput('), ['kotlin: no class SignInInput']);
    assert.deepEqual(problems('val challenge: String,\n', ''), ['kotlin: CompleteSignInInput has no challenge']);
    assert.deepEqual(problems('Visibility = Visibility.FAMILY', 'Visibility = Visibility.Family'), [
        'kotlin: CreateGalleryInput names Visibility.Family, which is not there',
    ]);
    // Other enums have values of this name too.
    const start = kotlin.indexOf('enum class Visibility');
    const withoutFamily = kotlin.slice(0, start) + replaced(kotlin.slice(start), 'FAMILY("FAMILY"),', '');
    assert.deepEqual(
        checkKotlin(withoutFamily, contract),
        [
            'kotlin: Visibility has no FAMILY',
            'kotlin: CreateGalleryInput names Visibility.FAMILY, which is not there',
        ].sort(),
    );
});

const breaks = {
    'a root field is removed': [
        'signInOptions: [SignInOption!]',
        'options: [SignInOption!]',
        'Query.signInOptions was removed.',
    ],
    'a field may be null': ['mediaCount: Int!', 'mediaCount: Int', 'Gallery.mediaCount changed type from Int! to Int.'],
    'an input needs more': [
        'input SignOutInput {',
        'input SignOutInput {\n  device: String!',
        'A required field device on input type SignOutInput was added.',
    ],
    'a value of an enum is removed': [
        '  "Only the people on the access list."\n  RESTRICTED\n',
        '',
        'RESTRICTED was removed from enum type Visibility.',
    ],
};
for (const [what, [old, by, change]] of Object.entries(breaks)) {
    test(`when ${what}, clients of the last release break, unless that is meant`, () => {
        // Against itself, so that this holds whatever was changed since the release.
        const broken = replaced(released, old, by);
        assert.deepEqual(problemsOfChanges(released, broken, []), [`breaks clients of the last release: ${change}`]);
        assert.deepEqual(problemsOfChanges(released, broken, [{ change, reason: 'Nobody used it.' }]), []);
        assert.deepEqual(problemsOfChanges(released, broken, [{ change, reason: ' ' }]), [
            `allowed without a reason: ${change}`,
        ]);
    });
}

test('additions break nobody, and an entry for a change that is not there is named', () => {
    const more = replaced(released, 'type Query {', 'type Query {\n  weather: String');
    assert.deepEqual(problemsOfChanges(released, more, []), []);
    const stale = [{ change: 'Query.weather was removed.', reason: 'It rained.' }];
    assert.deepEqual(problemsOfChanges(released, more, stale), ['allowed, but not there: Query.weather was removed.']);
});

test('the released schema says which release it is of', () => {
    assert.equal(releaseOf('# Released as: 1.2.0\n\ntype Query { a: Int }'), '1.2.0');
    assert.throws(() => releaseOf('type Query { a: Int }'), /Released as/);
});
