// Where lists over all galleries come from, and single pictures.

import { request } from '../api';
import { Favourites } from '../api/generated/Favourites';
import { Media } from '../api/generated/Media';
import { Timeline } from '../api/generated/Timeline';
import { TimelineMonths } from '../api/generated/TimelineMonths';
import { requestOrLast } from '../offline';
import type { Source } from './sections.svelte';
import { monthOf } from './tiles';

/** How many a request brings: as many as the server gives. */
export const PAGE = 100;
/** How many come along with what tells of the months: more than the first screen shows. */
export const FIRST = 60;

/** The last day of a month: `2026-02-28` of `2026-02`. */
export function lastDay(month: string): string {
  const [year, number] = month.split('-').map(Number);
  return new Date(Date.UTC(year!, number!, 0)).toISOString().slice(0, 10);
}

export const onePicture: Source['one'] = async id => {
  const { media } = await request(Media, { id, commentsFirst: 1 });
  if (!media || media.status === 'TRASHED') return null;
  // What does not say when it was taken stands by when it came.
  return { tile: media, months: [monthOf(media) ?? media.createdAt.slice(0, 7)] };
};

/** Everything that one may see, by months. */
export const timelineSource: Source = {
  eager: false,
  async start() {
    const [{ timelineMonths }, { timeline }] = await Promise.all([requestOrLast(TimelineMonths, {}), requestOrLast(Timeline, { first: FIRST })]);
    const sections = (timelineMonths ?? []).map(({ month, count }) => ({ key: month, month, count }));
    return { sections, first: timeline?.edges.map(edge => edge.node) ?? [] };
  },
  async page(month, after) {
    const { timeline } = await requestOrLast(Timeline, { first: PAGE, after, from: `${month}-01`, to: lastDay(month) });
    return { tiles: timeline?.edges.map(edge => edge.node) ?? [], next: timeline?.pageInfo.hasNextPage ? timeline.pageInfo.endCursor : null };
  },
  one: onePicture,
};

/** What one likes. */
export const favouritesSource: Source = {
  eager: false,
  start: async () => ({ sections: [{ key: '', month: null, count: null }], first: [] }),
  async page(_, after) {
    const { favourites } = await requestOrLast(Favourites, { first: PAGE, after });
    return { tiles: favourites?.edges.map(edge => edge.node) ?? [], next: favourites?.pageInfo.hasNextPage ? favourites.pageInfo.endCursor : null };
  },
  one: onePicture,
};
