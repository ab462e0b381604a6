// What is said about a picture: threads with replies of one level, oldest first.

import { accepted, request } from '../api';
import { AddComment } from '../api/generated/AddComment';
import { CommentReplies } from '../api/generated/CommentReplies';
import { DeleteComment } from '../api/generated/DeleteComment';
import { EditComment } from '../api/generated/EditComment';
import type { MediaCommentsQuery } from '../api/generated/graphql';
import { MediaComments } from '../api/generated/MediaComments';
import { keepUnsent, unsent, type Unsent } from './drafts';

type Row = NonNullable<NonNullable<MediaCommentsQuery['media']>['comments']>['edges'][number]['node'];
export type Comment = Omit<Row, 'replyCount'>;

export interface Thread {
  comment: Comment;
  replyCount: number;
  /** The replies that are here. */
  replies: readonly Comment[];
  /** Where the next ones begin; null for the first. */
  cursor: string | null;
}

interface Page {
  threads: Thread[];
  cursor: string | null;
  more: boolean;
}

interface ReplyPage {
  replies: Comment[];
  replyCount: number;
  cursor: string | null;
  more: boolean;
}

/** A comment of one's own on its way, or that did not get there. */
export interface Pending extends Unsent {
  problem: unknown;
  sending: boolean;
}

const PAGE = 50;
/** So many threads show their replies without being asked. */
const OPEN_THREADS = 8;

/** What is on its way, by its key, and what became of it: whoever swipes away and back sees that it still is. */
const underWay = new Map<string, Promise<unknown>>();

export class Conversation {
  threads: readonly Thread[] = $state.raw([]);
  pending: readonly Pending[] = $state.raw([]);
  loading = $state(true);
  more = $state(false);
  problem: unknown = $state.raw(null);
  #cursor: string | null = null;
  #renewing: Promise<void> | null = null;
  #stale = false;

  /** `counted` is told how many comments there are. */
  constructor(readonly mediaId: string, readonly counted: (mediaId: string, count: number) => void) {
    // What did not get there yet, or not before the page was loaded anew.
    this.pending = unsent(mediaId).map(one => ({ ...one, problem: null, sending: underWay.has(one.key) }));
    for (const { key, sending } of this.pending) if (sending) void this.#follow(key);
  }

  async load(): Promise<void> {
    this.loading = true;
    this.problem = null;
    try {
      await this.next();
      const open = this.threads.filter(({ replyCount }) => replyCount > 0).slice(0, OPEN_THREADS);
      await Promise.all(open.map(({ comment }) => this.moreReplies(comment.id)));
    } catch (error) {
      this.problem = error;
    } finally {
      this.loading = false;
    }
  }

  /** The next page of threads. */
  async next(): Promise<void> {
    const page = await this.#page(this.#cursor);
    const ids = new Set(page.threads.map(({ comment }) => comment.id));
    // One's own newest stands at the end already.
    this.threads = [...this.threads.filter(({ comment }) => !ids.has(comment.id)), ...page.threads];
    this.#cursor = page.cursor;
    this.more = page.more;
  }

  async #page(after: string | null): Promise<Page> {
    const { media } = await request(MediaComments, { id: this.mediaId, first: PAGE, after });
    if (media) this.#count(media);
    const comments = media?.comments;
    const threads = (comments?.edges ?? []).map(({ node: { replyCount, ...comment } }): Thread => {
      const known = this.#thread(comment.id);
      return { comment, replyCount, replies: known?.replies ?? [], cursor: known?.cursor ?? null };
    });
    return { threads, cursor: comments?.pageInfo.endCursor ?? after, more: comments?.pageInfo.hasNextPage ?? false };
  }

  async moreReplies(threadId: string): Promise<void> {
    const page = await replyPage(threadId, this.#thread(threadId)?.cursor ?? null);
    if (!page) return;
    const { replies, replyCount, cursor } = page;
    const ids = new Set(replies.map(({ id }) => id));
    this.#change(threadId, thread => ({
      ...thread,
      replyCount,
      replies: [...thread.replies.filter(({ id }) => !ids.has(id)), ...replies],
      cursor,
    }));
  }

  /** Reads anew what is here, and what came since: somebody said, changed or removed something. */
  renew(): Promise<void> {
    this.#stale = true;
    this.#renewing ??= this.#renew().finally(() => { this.#renewing = null; });
    return this.#renewing;
  }

  async #renew(): Promise<void> {
    while (this.#stale) {
      this.#stale = false;
      const here = this.threads.length;
      const all = !this.more;
      let read: Thread[] = [];
      let page: Page;
      let cursor: string | null = null;
      do {
        page = await this.#page(cursor);
        read = [...read, ...page.threads];
        cursor = page.cursor;
      } while (page.more && (all || read.length < here));
      this.threads = read;
      this.#cursor = cursor;
      this.more = page.more;
      const open = read.filter(({ replies, replyCount }) => replies.length > 0 || replyCount === 1);
      await Promise.all(open.map(({ comment }) => this.#renewReplies(comment.id)));
    }
  }

  async #renewReplies(threadId: string): Promise<void> {
    const here = this.#thread(threadId)?.replies.length ?? 0;
    const replies: Comment[] = [];
    let page: ReplyPage | null;
    let cursor: string | null = null;
    do {
      page = await replyPage(threadId, cursor);
      if (!page) return;
      replies.push(...page.replies);
      cursor = page.cursor;
    } while (page.more && replies.length < here);
    const { replyCount } = page;
    this.#change(threadId, thread => ({ ...thread, replyCount, replies, cursor }));
  }

  /** Says something. It shows at once, and stays until the server has it. */
  send(text: string, parentId: string | null, authorName: string | null): Promise<void> {
    const one: Pending = { key: crypto.getRandomValues(new Uint32Array(2)).join('-'), text, parentId, authorName, problem: null, sending: false };
    this.pending = [...this.pending, one];
    keepUnsent(this.mediaId, [...unsent(this.mediaId), { key: one.key, text, parentId, authorName }]);
    return this.deliver(one.key);
  }

  /** Tries again what did not get there. */
  async deliver(key: string): Promise<void> {
    const one = this.pending.find(pending => pending.key === key);
    if (!one || one.sending) return;
    this.#mark(key, { sending: true, problem: null });
    const posting = this.#post(one).finally(() => { underWay.delete(key); });
    underWay.set(key, posting);
    const problem = await posting;
    if (problem !== null) this.#mark(key, { sending: false, problem });
  }

  /** Sends one; the answer is why it did not get there, or null. */
  async #post({ key, text, parentId, authorName }: Pending): Promise<unknown> {
    try {
      const answer = accepted((await request(AddComment, { input: { mediaId: this.mediaId, text, parentId, authorName } })).addComment);
      this.discard(key);
      if (answer.comment) this.#add(answer.comment, parentId);
      if (answer.media) this.#count(answer.media);
      return null;
    } catch (problem) {
      return problem;
    }
  }

  /** Waits for what was sent when this picture was shown before. */
  async #follow(key: string): Promise<void> {
    const problem = await underWay.get(key);
    if (problem !== null) return this.#mark(key, { sending: false, problem });
    this.pending = this.pending.filter(pending => pending.key !== key);
    await this.renew().catch(() => {});
  }

  /** Takes back what did not get there; the answer is its text. */
  discard(key: string): string {
    const text = this.pending.find(pending => pending.key === key)?.text ?? '';
    this.pending = this.pending.filter(pending => pending.key !== key);
    // Not of this one's own list: there may be a later one, which stored more.
    keepUnsent(this.mediaId, unsent(this.mediaId).filter(pending => pending.key !== key));
    return text;
  }

  async edit(id: string, text: string): Promise<void> {
    const { comment } = accepted((await request(EditComment, { input: { id, text } })).editComment);
    if (comment) this.#replace(comment);
  }

  async remove(id: string): Promise<void> {
    const { comment, media } = accepted((await request(DeleteComment, { input: { id } })).deleteComment);
    if (comment) this.#replace(comment);
    if (media) this.#count(media);
  }

  #count({ commentCount }: { commentCount: number }): void {
    this.counted(this.mediaId, commentCount);
  }

  #thread(id: string): Thread | undefined {
    return this.threads.find(({ comment }) => comment.id === id);
  }

  #change(threadId: string, change: (thread: Thread) => Thread): void {
    this.threads = this.threads.map(thread => (thread.comment.id === threadId ? change(thread) : thread));
  }

  #add(comment: Comment, parentId: string | null): void {
    if (parentId !== null) {
      this.#change(parentId, thread => (
        thread.replies.some(({ id }) => id === comment.id)
          ? thread
          : { ...thread, replyCount: thread.replyCount + 1, replies: [...thread.replies, comment] }
      ));
    } else if (!this.#thread(comment.id)) {
      this.threads = [...this.threads, { comment, replyCount: 0, replies: [], cursor: null }];
    }
  }

  #replace(comment: Comment): void {
    this.threads = this.threads.map(thread => (
      thread.comment.id === comment.id
        ? { ...thread, comment }
        : { ...thread, replies: thread.replies.map(reply => (reply.id === comment.id ? comment : reply)) }
    ));
  }

  #mark(key: string, state: Pick<Pending, 'sending' | 'problem'>): void {
    this.pending = this.pending.map(pending => (pending.key === key ? { ...pending, ...state } : pending));
  }
}

async function replyPage(threadId: string, after: string | null): Promise<ReplyPage | null> {
  const { node } = await request(CommentReplies, { id: threadId, first: PAGE, after });
  if (node?.__typename !== 'Comment' || !node.replies) return null;
  const { edges, pageInfo } = node.replies;
  return { replies: edges.map(edge => edge.node), replyCount: node.replyCount, cursor: pageInfo.endCursor ?? after, more: pageInfo.hasNextPage };
}
