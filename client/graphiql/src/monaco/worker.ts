// All of Monaco's workers in one file, as most of it is the same in each; the name that a worker is started under says
// which one it is.
import { initialize } from 'monaco-editor/esm/vs/editor/editor.worker.js';
// Says how to start as the one for JSON.
import 'monaco-editor/esm/vs/language/json/json.worker.js';
import { GraphQLWorker } from 'monaco-graphql/esm/GraphQLWorker.js';

if (self.name === 'graphql') {
  self.onmessage = () => initialize((context, data) => new GraphQLWorker(context, data));
} else if (self.name !== 'json') {
  self.onmessage = () => initialize(null);
}
