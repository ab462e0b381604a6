// The format of server-sent events, as far as GraphQL over SSE uses it.

export interface ServerEvent {
  name: string;
  data: string;
}

/** Reads the events of a stream until it ends. */
export async function* readEvents(stream: ReadableStream<BufferSource>): AsyncGenerator<ServerEvent> {
  let rest = '';
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split(/\r?\n\r?\n/);
    // The last one is not whole yet.
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event) yield event;
    }
  }
}

function parseEvent(block: string): ServerEvent | null {
  const fields = block.split(/\r?\n/).map(line => /^(event|data): ?(.*)$/.exec(line));
  const values = (name: string) => fields.filter(field => field?.[1] === name).map(field => field?.[2] ?? '');
  const name = values('event').at(-1);
  // Comments keep the connection open, and say nothing.
  return name === undefined ? null : { name, data: values('data').join('\n') };
}
