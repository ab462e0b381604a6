// Kotlin: classes for what goes into operations, by graphql-codegen. What comes out of them is left to Amplify's or
// Apollo's own tools, which an Android project runs in its build.
//
// No Kotlin compiler is at hand here: what is checked is that the output is Kotlin by its grammar, that it has every
// input, field and value of an enum, and that what it names is declared or plain. Whether it compiles is not.

import { codegen } from '@graphql-codegen/core';
import * as kotlin from '@graphql-codegen/kotlin';
import { buildSchema, isEnumType, isInputObjectType, parse } from 'graphql';

import { findAll, parseText } from './syntax.mjs';

// Unmapped scalars become `Any`; and Kotlin's own Float has 32 bits, too few for the bytes of a file.
const scalars = {
    ID: 'String',
    Float: 'Double',
    AWSDate: 'String',
    AWSDateTime: 'String',
    AWSEmail: 'String',
    AWSURL: 'String',
};
const PLAIN = ['String', 'Int', 'Double', 'Boolean', 'Iterable'];

/** Answers `{ path: text }`. */
export async function generateKotlin({ sdl }, mapped = scalars) {
    const filename = 'kotlin/Inputs.kt';
    const text = await codegen({
        filename,
        schema: parse(sdl),
        documents: [],
        config: { package: 'mantel', scalars: mapped, namingConvention: 'keep' },
        plugins: [{ kotlin: {} }],
        pluginMap: { kotlin },
    });
    return { [filename]: text };
}

/** What is wrong with the generated text. */
export function checkKotlin(text, { sdl }) {
    const { tree, problems } = parseText('kotlin', text);
    if (problems.length) return problems;
    const classes = new Map(
        findAll(tree, 'class_declaration').map((node) => [firstText(node, 'type_identifier'), node]),
    );
    for (const type of Object.values(buildSchema(sdl).getTypeMap())) {
        const wanted = !type.name.startsWith('__') && (isInputObjectType(type) || isEnumType(type));
        if (!wanted) continue;
        const node = classes.get(type.name);
        if (!node) problems.push(`kotlin: no class ${type.name}`);
        else if (isEnumType(type)) problems.push(...absent(type, namesOf(node, 'enum_entry'), type.getValues()));
        else problems.push(...problemsOfInput(type, node, classes));
    }
    return problems;
}

function problemsOfInput(type, node, classes) {
    const parameters = findAll(node, 'class_parameter');
    const types = parameters.flatMap((parameter) => findAll(parameter, 'type_identifier').map((used) => used.text()));
    // Defaults are values of enums, as `Visibility.FAMILY`.
    const values = parameters.flatMap((parameter) =>
        findAll(parameter, 'navigation_expression').map((used) => used.text()),
    );
    const isValue = (path) => {
        const [enumName, value] = path.split('.');
        return classes.has(enumName) && namesOf(classes.get(enumName), 'enum_entry').includes(value);
    };
    const strange = [
        ...types.filter((used) => !PLAIN.includes(used) && !classes.has(used)).map((used) => `the type ${used}`),
        ...values.filter((used) => !isValue(used)),
    ];
    return [
        ...absent(type, namesOf(node, 'class_parameter'), Object.values(type.getFields())),
        ...strange.map((used) => `kotlin: ${type.name} names ${used}, which is not there`),
    ];
}

const absent = (type, names, wanted) =>
    wanted.filter(({ name }) => !names.includes(name)).map(({ name }) => `kotlin: ${type.name} has no ${name}`);

const namesOf = (node, kind) => findAll(node, kind).map((found) => firstText(found, 'simple_identifier'));

const firstText = (node, kind) => node.find({ rule: { kind } })?.text();
