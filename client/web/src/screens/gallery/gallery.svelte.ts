// An open gallery: what it is, and its pictures.

import type { GalleryQuery, GallerySort } from '../../api/generated/graphql';
import { Gallery } from '../../api/generated/Gallery';
import { GalleryMedia } from '../../api/generated/GalleryMedia';
import { kept } from '../../media/kept';
import { SectionList, type Outline, type Page, type Start } from '../../media/sections.svelte';
import { FIRST, lastDay, onePicture, PAGE } from '../../media/sources';
import { requestOrLast } from '../../offline';

export type GalleryFacts = NonNullable<GalleryQuery['gallery']>;
/** The orders that whoever looks may choose. */
export type Order = Extract<GallerySort, 'TAKEN_AT_ASC' | 'TAKEN_AT_DESC'>;

export class OpenGallery {
  readonly id: string;
  /** Null where there is none, or none that one may see. */
  facts: GalleryFacts | null = $state.raw(null);
  /** Another order than the gallery's own. */
  order: Order | null = $state(null);
  list: SectionList = $state.raw()!;

  constructor(id: string) {
    this.id = id;
    this.list = this.#listIn(null);
  }

  /** Shows it in another order: its own for null. */
  async sort(order: Order | null): Promise<void> {
    const list = this.#listIn(order);
    await list.reload();
    this.order = order;
    this.list = list;
  }

  #listIn(order: Order | null): SectionList {
    return new SectionList({
      eager: true,
      start: () => this.#start(order),
      page: (key, after) => this.#page(order, key, after),
      one: onePicture,
    });
  }

  async #start(order: Order | null): Promise<Start> {
    const { gallery } = await requestOrLast(Gallery, { id: this.id, first: FIRST, sort: order });
    this.facts = gallery;
    if (!gallery) return { sections: [], first: [] };
    return { sections: outlines(gallery, order ?? gallery.sort), first: gallery.media?.edges.map(edge => edge.node) ?? [] };
  }

  async #page(order: Order | null, key: string, after: string | null): Promise<Page> {
    const days = key === ALL ? {} : { from: `${key}-01`, to: lastDay(key) };
    const { gallery } = await requestOrLast(GalleryMedia, { id: this.id, first: PAGE, after, sort: order, ...days });
    const media = gallery?.media;
    return { tiles: media?.edges.map(edge => edge.node) ?? [], next: media?.pageInfo.hasNextPage ? media.pageInfo.endCursor : null };
  }
}

/** The key of the only section, where the order is not by date. */
const ALL = '';

function outlines({ months, mediaCount }: GalleryFacts, order: GallerySort): Outline[] {
  if (mediaCount === 0) return [];
  if (order !== 'TAKEN_AT_ASC' && order !== 'TAKEN_AT_DESC') return [{ key: ALL, month: null, count: mediaCount }];
  const newestFirst = (months ?? []).map(({ month, count }) => ({ key: month, month, count }));
  return order === 'TAKEN_AT_ASC' ? newestFirst.reverse() : newestFirst;
}

const galleries = new Map<string, OpenGallery>();

/** A gallery, as it was left where it was open lately. `viewer` is who looks. */
export function openGallery(id: string, viewer: string): OpenGallery {
  return kept(galleries, `${viewer} ${id}`, () => new OpenGallery(id));
}
