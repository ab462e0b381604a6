/** Where this page finds what it needs: `/config.json`, which `mantel` answers, and which an installation on AWS has as a file. */
export interface Config {
  /** Address of the API. */
  graphql: string;
  /** Address of its streams of events; null where there are none. */
  stream: string | null;
  version: string;
  /** Whether there is a GraphiQL at /graphiql. */
  graphiql: boolean;
}

let loading: Promise<Config> | null = null;

/** The configuration, asked for once. */
export function config(): Promise<Config> {
  loading ??= fetch('/config.json').then(
    response => {
      if (!response.ok) throw new Error(`/config.json: ${response.status}`);
      return response.json() as Promise<Config>;
    },
  );
  loading.catch(() => { loading = null; });
  return loading;
}
