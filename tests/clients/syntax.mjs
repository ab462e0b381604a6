// Parses Swift and Kotlin with their tree-sitter grammars: whether a text is of the language, and what it declares.

import kotlin from '@ast-grep/lang-kotlin';
import swift from '@ast-grep/lang-swift';
import { parse, registerDynamicLanguage } from '@ast-grep/napi';

registerDynamicLanguage({ kotlin, swift });

/** The tree, and where the text is not of the language: what had to be skipped, and what had to be made up. */
export function parseText(language, text) {
    const tree = parse(language, text).root();
    const problems = [];
    for (const node of nodesOf(tree)) {
        const { start, end } = node.range();
        // Tree-sitter repairs a missing token by one of no length.
        const missing = start.index === end.index && node !== tree;
        if (missing || node.kind() === 'ERROR') {
            const what = missing
                ? `${node.kind()} is missing`
                : `unexpected ${JSON.stringify(node.text().slice(0, 60))}`;
            problems.push(`${language}, line ${start.line + 1}, column ${start.column + 1}: ${what}`);
        }
    }
    return { tree, problems };
}

/** All nodes of this kind below a node. */
export const findAll = (node, kind) => node.findAll({ rule: { kind } });

function* nodesOf(tree) {
    const open = [tree];
    while (open.length) {
        const node = open.pop();
        yield node;
        open.push(...node.children().reverse());
    }
}
