import './monaco/workers.ts';
// GraphiQL's styles without its fonts, which are larger than all else of them: the system's serve as well.
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './workbench.css';

import { DOC_EXPLORER_PLUGIN, DocExplorerStore } from '@graphiql/plugin-doc-explorer';
import { HISTORY_PLUGIN, HistoryStore } from '@graphiql/plugin-history';
import { GraphiQLProvider } from '@graphiql/react';
import { GraphiQL, GraphiQLInterface } from 'graphiql';

import { Bar } from './bar.tsx';
import { viewerExample } from './examples.ts';
import { fetcher } from './fetcher.ts';
import type { Person } from './person.ts';

const plugins = [DOC_EXPLORER_PLUGIN, HISTORY_PLUGIN];

/** GraphiQL under a bar that says for whom it asks. */
export default function Workbench({ person }: { person: Person }) {
  return (
    <GraphiQLProvider
      fetcher={fetcher}
      plugins={plugins}
      referencePlugin={DOC_EXPLORER_PLUGIN}
      defaultTabs={[{ query: viewerExample.document, variables: null, headers: null }]}
      defaultQuery=""
      inputValueDeprecation
      schemaDescription
    >
      <HistoryStore>
        <DocExplorerStore>
          <Bar person={person} />
          <main>
            <GraphiQLInterface defaultEditorToolsVisibility="variables" showPersistHeadersSettings={false}>
              {/* The bar has it. */}
              <GraphiQL.Logo><span /></GraphiQL.Logo>
            </GraphiQLInterface>
          </main>
        </DocExplorerStore>
      </HistoryStore>
    </GraphiQLProvider>
  );
}
