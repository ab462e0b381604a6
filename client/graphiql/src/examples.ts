// Documents that clients really send, with variables to begin with.
import activity from '../../operations/activity.graphql?raw';
import addComment from '../../operations/add-comment.graphql?raw';
import createGallery from '../../operations/create-gallery.graphql?raw';
import galleries from '../../operations/galleries.graphql?raw';
import galleryMedia from '../../operations/gallery-media.graphql?raw';
import likeMedia from '../../operations/like-media.graphql?raw';
import media from '../../operations/media.graphql?raw';
import onCommentAdded from '../../operations/on-comment-added.graphql?raw';
import onMediaReady from '../../operations/on-media-ready.graphql?raw';
import search from '../../operations/search.graphql?raw';
import timelineMonths from '../../operations/timeline-months.graphql?raw';
import users from '../../operations/users.graphql?raw';
import viewer from '../../operations/viewer.graphql?raw';
import whoCanSee from '../../operations/who-can-see.graphql?raw';

import { ask } from './fetcher.ts';

export interface Example {
  document: string;
  variables: object;
}

/** Stand for ids of the library at hand. */
const GALLERY = 'gal_…';
const MEDIA = 'med_…';

export const viewerExample: Example = { document: viewer, variables: {} };

export const examples: Example[] = [
  viewerExample,
  { document: galleries, variables: { first: 10 } },
  { document: galleryMedia, variables: { id: GALLERY, first: 10 } },
  { document: media, variables: { id: MEDIA } },
  { document: timelineMonths, variables: {} },
  { document: search, variables: { text: 'summer', first: 10 } },
  { document: activity, variables: { first: 10 } },
  { document: whoCanSee, variables: { mediaId: MEDIA } },
  { document: users, variables: { first: 20 } },
  { document: likeMedia, variables: { input: { mediaId: MEDIA } } },
  { document: addComment, variables: { input: { mediaId: MEDIA, text: 'Lovely!' } } },
  { document: createGallery, variables: { input: { title: 'Summer', visibility: 'FAMILY' } } },
  { document: onMediaReady, variables: { galleryId: GALLERY } },
  { document: onCommentAdded, variables: { mediaId: MEDIA } },
];

/** `query Viewer`, as the document has it. */
export function titleOf({ document }: Example): string {
  return /^(?:query|mutation|subscription) \w+/m.exec(document)?.[0] ?? document;
}

/** The variables as text, with the ids of a gallery and a picture that the caller may see, where there are any. */
export async function variablesOf({ variables }: Example): Promise<string> {
  const text = JSON.stringify(variables, null, 2);
  if (!text.includes(GALLERY) && !text.includes(MEDIA)) return text;
  const { gallery, picture } = await someIds();
  return text.replaceAll(GALLERY, gallery).replaceAll(MEDIA, picture);
}

const SOME_IDS = `query SomeIds {
  galleries(first: 20) { edges { node { id media(first: 1) { edges { node { id } } } } } }
}`;

interface Edges<T> {
  edges: { node: T }[];
}

async function someIds(): Promise<{ gallery: string; picture: string }> {
  const { data } = await ask({ query: SOME_IDS });
  const found = data?.['galleries'] as Edges<{ id: string; media: Edges<{ id: string }> | null }> | null | undefined;
  const galleries = found?.edges.map(({ node }) => node) ?? [];
  const filled = galleries.find(gallery => gallery.media?.edges.length);
  return {
    gallery: (filled ?? galleries[0])?.id ?? GALLERY,
    picture: filled?.media?.edges[0]?.node.id ?? MEDIA,
  };
}
