import { ChevronDownIcon, DropdownMenu, pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';

import { type Example, examples, titleOf, variablesOf } from './examples.ts';
import icon from './icon.svg';
import type { Person } from './person.ts';
import { language, texts } from './texts.ts';

/** Where one came from, examples to begin with, and who is asking. */
export function Bar({ person }: { person: Person }) {
  return (
    <header className="bar" lang={language}>
      <a href="/" title={texts.back}>
        <img src={icon} alt="" width="28" height="28" />
        Mantel
      </a>
      <h1 lang="en">GraphiQL</h1>
      <Examples />
      <p>{texts.signedInAs(person.displayName)}</p>
    </header>
  );
}

function Examples() {
  const { queryEditor, variableEditor } = useGraphiQL(pick('queryEditor', 'variableEditor'));
  const { addTab } = useGraphiQLActions();
  const open = async (example: Example) => {
    const variables = await variablesOf(example);
    // What somebody wrote stays in its tab.
    if (queryEditor?.getValue().trim()) addTab();
    queryEditor?.setValue(example.document);
    variableEditor?.setValue(variables);
  };
  return (
    <DropdownMenu>
      <DropdownMenu.Button className="examples" disabled={!queryEditor}>
        {texts.examples}
        <ChevronDownIcon aria-hidden="true" />
      </DropdownMenu.Button>
      <DropdownMenu.Content className="example-list">
        {examples.map(example => (
          <DropdownMenu.Item key={titleOf(example)} onSelect={() => void open(example)}>
            {titleOf(example)}
          </DropdownMenu.Item>
        ))}
      </DropdownMenu.Content>
    </DropdownMenu>
  );
}
