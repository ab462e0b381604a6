// Swift: a class for every operation, by AWS Amplify's generator, as `amplify codegen` would make them.
//
// The generator takes the schema as introspection JSON only: to one in SDL it adds AWS's scalars and directives, which
// ours declares too.
//
// No Swift compiler is at hand here: what is checked is that the output is Swift by its grammar, that it has every
// operation, and that the requests in it are valid. Whether it compiles is not.

import generator from '@aws-amplify/graphql-types-generator';
import { buildSchema, introspectionFromSchema, parse, validate } from 'graphql';

import { findAll, parseText } from './syntax.mjs';

/** Answers `{ path: text }`. Fails where an operation does not fit the schema. */
export function generateSwift({ sdl, operations }) {
    const introspection = JSON.stringify({ data: introspectionFromSchema(buildSchema(sdl)) });
    const documents = operations.map(({ text }) => text).join('\n');
    const files = generator.generateFromString(introspection, true, documents, 'swift', false, {
        complexObjectSupport: 'no',
    });
    return Object.fromEntries(Object.entries(files).map(([file, text]) => [`swift/${file}`, text]));
}

/** What is wrong with the generated text. */
export function checkSwift(text, { sdl, operations }) {
    const { tree, problems } = parseText('swift', text);
    if (problems.length) return problems;
    const schema = buildSchema(sdl);
    const classes = new Map(classesOf(tree));
    for (const { file, text: document } of operations) {
        const [{ name, operation }] = parse(document).definitions;
        const className = name.value + operation[0].toUpperCase() + operation.slice(1);
        const request = classes.get(className);
        if (request === undefined) {
            problems.push(`swift: ${file} has no class ${className} with a request`);
            continue;
        }
        problems.push(
            ...validate(schema, parse(request)).map((error) => `swift: ${className} sends: ${error.message}`),
        );
    }
    return problems;
}

/** The classes by name, with the document that each sends. */
function* classesOf(tree) {
    for (const declaration of tree.children().filter((node) => node.kind() === 'class_declaration')) {
        const name = declaration.children().find((node) => node.kind() === 'type_identifier');
        const properties = findAll(declaration, 'property_declaration');
        const request = properties.find((node) => /^public static let operationString\b/.test(node.text()));
        const literal = request && findAll(request, 'line_string_literal')[0];
        // A literal of Swift, of one line and without interpolation, is one of JSON too.
        if (name && literal) yield [name.text(), JSON.parse(literal.text())];
    }
}
