// The galleries that one sees, remembered so that going back to them shows them at once.

import { Galleries } from '../../api/generated/Galleries';
import type { GalleriesQuery } from '../../api/generated/graphql';
import { allPages } from '../../api/pages';
import { sessionEvents } from '../../api/session';
import { requestOrLast } from '../../offline';

export type Card = NonNullable<GalleriesQuery['galleries']>['edges'][number]['node'];

class GalleryList {
  /** Null while none were ever asked for. */
  cards: Card[] | null = $state.raw(null);
  /** Counts sessions: what was asked for in one is not shown in the next. */
  #session = 0;

  constructor() {
    sessionEvents.addEventListener('ended', () => {
      this.#session += 1;
      this.cards = null;
    });
  }

  /** Asks anew. What was there stays meanwhile, and where that fails. */
  async refresh(): Promise<void> {
    const session = this.#session;
    const cards = await allPages(async after => (await requestOrLast(Galleries, { first: 100, after })).galleries);
    if (session === this.#session) this.cards = cards ?? [];
  }

  /** Those that are here, asked for where none are. */
  async all(): Promise<Card[]> {
    if (!this.cards) await this.refresh();
    return this.cards ?? [];
  }
}

export const galleries = new GalleryList();
