/** A page of a list, as the API answers it. */
interface Page<Node> {
  edges: readonly { node: Node }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** All that a list holds, asked for page by page; null where there is no such list. */
export async function allPages<Node>(ask: (after: string | null) => Promise<Page<Node> | null | undefined>): Promise<Node[] | null> {
  const nodes: Node[] = [];
  let after: string | null = null;
  do {
    const page: Page<Node> | null | undefined = await ask(after);
    if (!page) return null;
    nodes.push(...page.edges.map(edge => edge.node));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return nodes;
}
