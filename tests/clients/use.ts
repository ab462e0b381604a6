// Uses the generated types as a client does. It is compiled, never run: it stops compiling when an operation loses a
// field that is named here, or when one becomes nullable.

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';

import {
    AddCommentDocument,
    FinishUploadDocument,
    GalleriesDocument,
    GalleryDocument,
    MediaDocument,
    RequestUploadDocument,
    SignInDocument,
    SignInOptionsDocument,
    type GalleryQuery,
} from './typescript/graphql';

type Send = <Result, Variables>(
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables,
) => Promise<Result>;
type LocalFile = { name: string; type: string; size: number };

type Gallery = NonNullable<GalleryQuery['gallery']>;
type Tile = NonNullable<Gallery['media']>['edges'][number]['node'];

export async function signIn(send: Send, label: string, password: string): Promise<string> {
    const { signInOptions } = await send(SignInOptionsDocument, {});
    const optionId = signInOptions?.find((option) => option.label === label)?.id ?? null;
    const { signIn: payload } = await send(SignInDocument, { input: { optionId, password } });
    const mistake = payload?.userErrors.find((error) => error.code === 'WRONG_PASSWORD' || error.code === 'LOCKED');
    if (mistake) throw new Error(mistake.message);
    return payload?.session?.accessToken ?? payload?.challenge ?? '';
}

export async function cards(send: Send): Promise<string[]> {
    const { galleries } = await send(GalleriesDocument, { first: 20 });
    return (galleries?.edges ?? []).map(({ node }) => {
        const picture: string | undefined = node.cover?.thumbnail?.url;
        const days = node.firstTakenOn === null ? '' : `${node.firstTakenOn} to ${node.lastTakenOn}`;
        return `${node.title} ${node.mediaCount.toFixed()} ${days} ${node.visibility.toLowerCase()} ${picture}`;
    });
}

/** A page of tiles, and the cursor of the next. */
export async function tiles(send: Send, id: string, after: string | null): Promise<[string[], string | null]> {
    const { gallery } = await send(GalleryDocument, { id, after, sort: 'TAKEN_AT_DESC' });
    const page = gallery?.media;
    const next = page?.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
    return [(page?.edges ?? []).map(({ node }) => tile(node)), next];
}

function tile(media: Tile): string {
    const ratio = media.width && media.height ? media.width / media.height : 1;
    const kind = media.__typename === 'Photo' ? 'photo' : 'video';
    const state = media.status === 'FAILED' ? media.failureReason : media.thumbnail?.url;
    return [kind, media.caption ?? media.fileName, ratio, media.thumbhash, media.dominantColor, state].join(' ');
}

export async function details(send: Send, id: string): Promise<string[]> {
    const { media } = await send(MediaDocument, { id });
    if (!media) return [];
    // Only photos have the camera's notes.
    const camera = media.__typename === 'Photo' ? media.exif?.cameraModel : null;
    const comments = media.comments?.edges.map(({ node }) => `${node.author?.displayName}: ${node.text}`) ?? [];
    const megabytes = media.sizeBytes / 1e6;
    return [`${megabytes} MB`, media.original?.url ?? '', camera ?? '', ...comments];
}

export async function upload(send: Send, galleryId: string, file: LocalFile): Promise<string> {
    const input = { galleryId, fileName: file.name, contentType: file.type, sizeBytes: file.size, sha256: '' };
    const { requestUpload } = await send(RequestUploadDocument, { input });
    if (requestUpload?.duplicateOf) return requestUpload.duplicateOf.id;
    const ticket = requestUpload?.ticket;
    if (!ticket) throw new Error(requestUpload?.userErrors[0]?.message);
    for (const part of ticket.parts) {
        const headers: string[] = part.headers.map(({ name, value }) => `${name}: ${value}`);
        console.info(part.method, part.url, headers, part.offset + part.length);
    }
    const { finishUpload } = await send(FinishUploadDocument, { input: { mediaId: ticket.mediaId, takenAt: null } });
    return finishUpload?.media?.id ?? ticket.mediaId;
}

export async function comment(send: Send, mediaId: string, text: string): Promise<number> {
    const { addComment } = await send(AddCommentDocument, { input: { mediaId, text } });
    return addComment?.media?.commentCount ?? 0;
}

/** What must not compile: each line below would be an error of its own without its mark. */
export async function mistakes(send: Send): Promise<void> {
    // @ts-expect-error A gallery is asked for by its id.
    await send(GalleryDocument, {});
    // @ts-expect-error There is no such order.
    await send(GalleryDocument, { id: 'gal_x', sort: 'BY_COLOUR' });
    // @ts-expect-error A comment has a text.
    await send(AddCommentDocument, { input: { mediaId: 'med_x' } });
    const { gallery } = await send(GalleryDocument, { id: 'gal_x' });
    // @ts-expect-error The gallery may be null.
    console.info(gallery.title);
}
