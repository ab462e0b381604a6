// Places of the newest pictures, to look for something without knowing its name. The API tells no places but those of pictures.

import { Timeline } from '../../api/generated/Timeline';
import { PAGE } from '../../media/sources';
import { requestOrLast } from '../../offline';
import { placesOf } from './wanted';

const PAGES = 3;

/** Tells them as they come. */
export async function newestPlaces(tell: (places: string[]) => void): Promise<void> {
  let found: { placeName: string | null }[] = [];
  let after: string | null = null;
  for (let page = 0; page < PAGES && (page === 0 || after !== null); page++) {
    const { timeline }: Awaited<ReturnType<typeof ask>> = await ask(after);
    found = [...found, ...timeline?.edges.map(edge => edge.node) ?? []];
    after = timeline?.pageInfo.hasNextPage ? timeline.pageInfo.endCursor : null;
    tell(placesOf(found));
  }
}

const ask = (after: string | null) => requestOrLast(Timeline, { first: PAGE, after });
