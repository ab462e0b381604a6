// What a search finds: pictures as a list to leaf through, and beside it galleries and comments.

import { request } from '../../api';
import type { SearchQuery } from '../../api/generated/graphql';
import { Search } from '../../api/generated/Search';
import { SectionList, type Page, type Source } from '../../media/sections.svelte';
import { onePicture, PAGE } from '../../media/sources';
import { placesOf, type Wanted } from './wanted';

type Node = NonNullable<SearchQuery['search']>['edges'][number]['node'];
export type FoundGallery = Extract<Node, { __typename: 'Gallery' }>;
export type FoundComment = Extract<Node, { __typename: 'Comment' }>;
type FoundMedia = Extract<Node, { __typename: 'Photo' | 'Video' }>;

const isMedia = (node: Node): node is FoundMedia => node.__typename === 'Photo' || node.__typename === 'Video';

/** Those that are not there yet, after those that are. */
function joined<Thing extends { id: string }>(here: readonly Thing[], found: readonly Thing[]): Thing[] {
  return [...new Map([...here, ...found].map(thing => [thing.id, thing])).values()];
}

export class Results {
  readonly list: SectionList;
  galleries: FoundGallery[] = $state.raw([]);
  comments: FoundComment[] = $state.raw([]);
  /** Where the pictures that were found so far were taken. */
  places: string[] = $state.raw([]);
  readonly #wanted: Wanted;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
    const source: Source = {
      eager: false,
      start: async () => ({ sections: [{ key: '', month: null, count: null }], first: [] }),
      page: (_, after) => this.#page(after),
      one: onePicture,
    };
    this.list = new SectionList(source);
  }

  /** Whether all pictures are here. */
  get complete(): boolean {
    return this.list.sections.every(section => section.complete);
  }

  get isEmpty(): boolean {
    return this.list.sections.length === 0 && this.galleries.length === 0 && this.comments.length === 0;
  }

  /** Things of all kinds come in one order: what is no picture is set aside. */
  async #page(after: string | null): Promise<Page> {
    const { text, from, to, kind } = this.#wanted;
    const { search } = await request(Search, { text, from, to, first: PAGE, after });
    const nodes = search?.edges.map(edge => edge.node) ?? [];
    if (kind === null) {
      this.galleries = joined(this.galleries, nodes.filter(node => node.__typename === 'Gallery'));
      this.comments = joined(this.comments, nodes.filter(node => node.__typename === 'Comment'));
    }
    const tiles = nodes.filter(isMedia).filter(node => kind === null || (node.__typename === 'Video') === (kind === 'video'));
    this.places = [...new Set([...this.places, ...placesOf(tiles)])];
    return { tiles, next: search?.pageInfo.hasNextPage ? search.pageInfo.endCursor : null };
  }
}
