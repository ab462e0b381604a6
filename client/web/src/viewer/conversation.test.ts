import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Conversation } from './conversation.svelte';
import type { Unsent } from './drafts';

interface Asked {
  variables: { input?: { text: string }; id?: string; after?: string | null };
  answer: (data: unknown) => void;
  fail: (problem: unknown) => void;
}

const { stored, asked, server } = vi.hoisted(() => ({
  stored: new Map<string, Unsent[]>(),
  asked: [] as Asked[],
  /** What the server has: threads by picture, and replies by thread. */
  server: { threads: [] as string[], replies: [] as string[], pageSize: 50 },
}));

vi.mock('./drafts', () => ({
  unsent: (mediaId: string) => stored.get(mediaId) ?? [],
  keepUnsent: (mediaId: string, all: Unsent[]) => stored.set(mediaId, all),
}));

vi.mock('../api', () => ({
  accepted: (payload: unknown) => payload,
  request: (operation: string, variables: Asked['variables']) => {
    if (operation.includes('mutation AddComment')) return new Promise((answer, fail) => { asked.push({ variables, answer, fail }); });
    return Promise.resolve(operation.includes('query CommentReplies') ? replies(variables) : threads());
  },
}));

function threads(): unknown {
  const edges = server.threads.map(id => ({ node: { id, text: id, replyCount: id === 'thread' ? server.replies.length : 0 } }));
  return { media: { commentCount: edges.length, comments: { edges, pageInfo: { hasNextPage: false, endCursor: null } } } };
}

function replies({ after }: Asked['variables']): unknown {
  const from = Number(after ?? 0);
  const to = from + server.pageSize;
  const edges = server.replies.slice(from, to).map(id => ({ node: { id, text: id } }));
  const pageInfo = { hasNextPage: to < server.replies.length, endCursor: String(Math.min(to, server.replies.length)) };
  return { node: { __typename: 'Comment', replyCount: server.replies.length, replies: { edges, pageInfo } } };
}

const opened = async (mediaId = 'picture'): Promise<Conversation> => {
  const conversation = new Conversation(mediaId, () => {});
  await conversation.load();
  return conversation;
};
const texts = ({ pending }: Conversation): string[] => pending.map(({ text, sending }) => `${text} ${sending ? 'on its way' : 'not sent'}`);
const here = ({ threads }: Conversation): string[] => threads.map(({ comment }) => comment.id);
/** Until all that was begun has ended. */
const quiet = (): Promise<void> => new Promise(resolve => setTimeout(resolve));

function arrive(at: number, id: string): void {
  server.threads.push(id);
  asked[at]!.answer({ addComment: { comment: { id, text: id }, media: { commentCount: server.threads.length } } });
}

beforeEach(() => {
  stored.clear();
  asked.length = 0;
  Object.assign(server, { threads: [], replies: [], pageSize: 50 });
});

describe('a comment on its way', () => {
  it('is still so after one swiped away and back, and is not sent twice', async () => {
    void (await opened()).send('Lovely', null, null);
    const again = await opened();
    expect(texts(again)).toEqual(['Lovely on its way']);
    await again.deliver(again.pending[0]!.key);
    expect(asked).toHaveLength(1);
    arrive(0, 'lovely');
    await quiet();
    expect([texts(again), here(again), stored.get('picture')]).toEqual([[], ['lovely'], []]);
  });

  it('is not sent where that failed meanwhile, and can be sent again', async () => {
    void (await opened()).send('Lovely', null, null);
    const again = await opened();
    asked[0]!.fail(new Error('no answer'));
    await quiet();
    expect(texts(again)).toEqual(['Lovely not sent']);
    void again.deliver(again.pending[0]!.key);
    arrive(1, 'lovely');
    await quiet();
    expect([texts(again), here(again)]).toEqual([[], ['lovely']]);
  });

  it('takes nothing with it that was said since', async () => {
    void (await opened()).send('First', null, null);
    const again = await opened();
    void again.send('Second', null, null);
    arrive(0, 'first');
    await quiet();
    expect(stored.get('picture')?.map(({ text }) => text)).toEqual(['Second']);
    expect(texts(again)).toEqual(['Second on its way']);
  });
});

describe('replies', () => {
  it('stay in order where more than a page of them is read anew', async () => {
    Object.assign(server, { threads: ['thread'], replies: ['a', 'b', 'c', 'd', 'e'], pageSize: 2 });
    const conversation = await opened();
    await conversation.moreReplies('thread');
    await conversation.moreReplies('thread');
    await conversation.renew();
    expect(conversation.threads[0]!.replies.map(({ id }) => id).join('')).toBe('abcde');
  });
});
