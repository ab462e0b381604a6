// What is known of single pictures beyond what a list has: large renditions, rights, the camera's notes.

import { request } from '../api';
import type { MediaQuery } from '../api/generated/graphql';
import { Media } from '../api/generated/Media';

export type Details = NonNullable<MediaQuery['media']>;
export type PhotoDetails = Extract<Details, { __typename: 'Photo' }>;

/** An address is asked for anew when it works for less than this. */
const MARGIN_MS = 60_000;

export class Shelf {
  /** By id; null for what is not there any more, or not for this person. */
  #known: Readonly<Record<string, Details | null>> = $state.raw({});
  #problems: Readonly<Record<string, unknown>> = $state.raw({});
  #asked = new Map<string, Promise<void>>();

  of(id: string): Details | undefined {
    return this.#known[id] ?? undefined;
  }

  isGone(id: string): boolean {
    return this.#known[id] === null;
  }

  /** Why nothing is known. */
  problem(id: string): unknown {
    return this.#problems[id];
  }

  /** Asks for what is not known yet, or whose addresses run out. */
  async load(id: string): Promise<void> {
    const known = this.of(id);
    const until = known?.preview ?? known?.original;
    if (known && (!until || Date.parse(until.expiresAt) - Date.now() > MARGIN_MS)) return;
    await this.refresh(id);
  }

  /** Asks anew. What is known stays until the answer is there. */
  refresh(id: string): Promise<void> {
    let asked = this.#asked.get(id);
    if (!asked) {
      asked = this.#ask(id).finally(() => this.#asked.delete(id));
      this.#asked.set(id, asked);
    }
    return asked;
  }

  async #ask(id: string): Promise<void> {
    try {
      // Comments are asked for where they are read.
      const { media } = await request(Media, { id, commentsFirst: 1 });
      this.#known = { ...this.#known, [id]: media };
      this.#problems = { ...this.#problems, [id]: undefined };
    } catch (error) {
      this.#problems = { ...this.#problems, [id]: error };
    }
  }

  /** Takes over what a mutation answered. */
  patch(id: string, changed: Partial<Pick<Details, 'likeCount' | 'viewerHasLiked' | 'commentCount'>>): void {
    const known = this.of(id);
    if (known) this.#known = { ...this.#known, [id]: { ...known, ...changed } };
  }
}
