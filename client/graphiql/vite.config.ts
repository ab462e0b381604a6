import { fileURLToPath } from 'node:url';

import { defineConfig, type Plugin } from 'vite';

const own = (file: string) => fileURLToPath(new URL(`src/monaco/${file}`, import.meta.url));

/** Takes modules of ours in place of larger ones, whoever imports them. */
const replaced: Plugin = {
  name: 'replaced-modules',
  enforce: 'pre',
  resolveId(id) {
    // All of Monaco; ours is what GraphiQL uses of it.
    if (id === 'monaco-editor/esm/vs/editor/edcore.main.js') return own('editor.ts');
    // Prettier's JavaScript parser and printer, which GraphiQL only has for the JSON of variables and headers.
    if (id === 'prettier/parser-babel' || id === 'prettier/plugins/estree') return own('prettier-jsonc.ts');
    return null;
  },
};

export default defineConfig({
  base: '/graphiql/',
  plugins: [replaced],
  build: {
    outDir: 'build',
    target: 'es2023',
    license: { fileName: 'licenses.txt' },
    // It would be needed by browsers only that are older than the target.
    modulePreload: { polyfill: false },
    // Monaco is one large part on purpose.
    chunkSizeWarningLimit: 4096,
    rolldownOptions: {
      onLog(level, log, report) {
        // Says of every part of React's libraries that it is for browsers, which all is here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
  worker: { format: 'es' },
});
