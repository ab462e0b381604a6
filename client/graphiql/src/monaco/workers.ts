import type {} from 'monaco-editor';

import MonacoWorker from './worker.ts?worker';

self.MonacoEnvironment = { getWorker: (_id, label) => new MonacoWorker({ name: label }) };
