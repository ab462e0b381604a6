// A plug-in of Prettier for JSON with comments. GraphiQL formats variables and headers with it.
import { applyEdits, format } from 'jsonc-parser';
import type { Parser, Printer } from 'prettier';

interface Text {
  text: string;
}

const jsonc: Parser<Text> = {
  astFormat: 'formatted-json',
  parse: text => ({ text: applyEdits(text, format(text, undefined, { insertSpaces: true, tabSize: 2, keepLines: false })) }),
  locStart: () => 0,
  locEnd: node => node.text.length,
};

const printer: Printer<Text> = {
  // Prettier takes a string with line breaks as it is when nothing has to fit a width.
  print: path => path.node.text.trim(),
};

export const parsers = { jsonc };
export const printers = { 'formatted-json': printer };
