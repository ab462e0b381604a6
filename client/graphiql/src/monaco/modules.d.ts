declare module 'monaco-editor/esm/vs/editor/editor.worker.js' {
  import type { GraphQLWorker } from 'monaco-graphql/esm/GraphQLWorker.js';

  type Arguments = ConstructorParameters<typeof GraphQLWorker>;
  export function initialize(start: ((...given: Arguments) => GraphQLWorker) | null): void;
}
