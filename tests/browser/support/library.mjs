// A small library in which every screen has something to show.

import { createGallery, processed, upload } from './api.mjs';
import { drawn, noted } from './pictures.mjs';

const COLOURS = ['#7a9e7e', '#c97b63', '#5b7db1', '#d8b26e', '#8a6fa8', '#4f8a8b'];

/** Fills a fresh mantel. `page` draws the pictures. Answers the ids of what a test goes to. */
export async function filled(does, family, page) {
    const summer = await createGallery(does, 'Summer at the lake', { description: 'Two weeks, and only one day of rain.' });
    const secret = await createGallery(does, 'Surprise for Grandma', { visibility: 'PRIVATE' });
    const chosen = await createGallery(does, 'Only for some', { visibility: 'RESTRICTED' });
    const empty = await createGallery(does, 'Nothing yet');
    const ids = [];
    for (let at = 0; at < 14; at++) {
        const [width, height] = at % 3 === 1 ? [480, 640] : [640, 427];
        const jpeg = await drawn(page, width, height, at % 4 === 3 ? null : COLOURS[at % COLOURS.length]);
        const taken = `2024-0${1 + (at % 6)}-1${at % 10}T1${at % 10}:30:00`;
        ids.push(await upload(does, at < 11 ? summer : at === 11 ? secret : chosen, `IMG_${1000 + at}.jpg`, noted(jpeg, { taken, comment: `${at}` })));
    }
    await processed(does, ids);
    const [photo, another, trashed] = ids;
    await does('update-media', { input: { id: photo, caption: 'The first morning. The water was cold.', placeName: 'Lake Bled' } });
    const { comment } = await does('add-comment', { input: { mediaId: photo, text: 'How lovely!' } });
    await family('add-comment', { input: { mediaId: photo, text: 'We remember it well.', parentId: comment.id, authorName: 'Aunt Ida' } });
    await family('like-media', { input: { mediaId: photo } });
    await family('like-media', { input: { mediaId: another } });
    await does('like-media', { input: { mediaId: photo } });
    await does('delete-media', { input: { ids: [trashed] } });
    await does('invite-user', { input: { email: 'ida@example.org', displayName: 'Aunt Ida', role: 'VISITOR' } });
    const { shareLink } = await does('create-share-link', { input: { galleryId: summer, label: 'Neighbours', allowDownload: true } });
    const locked = await does('create-share-link', { input: { galleryId: summer, label: 'With a password', password: 'open sesame' } });
    const revoked = await does('create-share-link', { input: { galleryId: summer, label: 'Long over' } });
    await does('revoke-share-link', { input: { id: revoked.shareLink.id } });
    return {
        summer, secret, chosen, empty, photo, another,
        links: { open: shareLink.url, locked: locked.shareLink.url, revoked: revoked.shareLink.url },
    };
}
