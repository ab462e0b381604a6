// A mantel with a gallery of 50 photos, as the store behind both functions.

import { createGallery, processed, signedIn, upload } from '../../tests/browser/support/api.mjs';
import { startMantel } from '../../tests/browser/support/mantel.mjs';
import { noted } from '../../tests/browser/support/pictures.mjs';

/** A grey JPEG of 64 x 48, made by ffmpeg. */
const GREY = Buffer.from(
    '/9j/4AAQSkZJRgABAgAAAQABAAD//gAQTGF2YzU5LjM3LjEwMAD/2wBDAAgoKC8oLzc3Nzc3N0E8QUNDQ0FBQUFDQ0NISEhVVVVI' +
        'SEhDQ0hIUFBVVVxfXFdXVVdfX2RkZHh4c3OMjJGsrM//xABKAAEAAAAAAAAAAAAAAAAAAAAAAQEAAAAAAAAAAAAAAAAAAAAAEAEA' +
        'AAAAAAAAAAAAAAAAAAAAEQEAAAAAAAAAAAAAAAAAAAAA/8AAEQgAMABAAwEiAAIRAAMRAP/aAAwDAQACEQMRAD8AAAAAAAAAAAAA' +
        'AAAAAAAAAAAA/9k=',
    'base64',
);

/** Starts it, and tells where everything is. */
export async function startStore(photos) {
    const mantel = await startMantel();
    const admin = await signedIn(mantel.url, 'admin');
    const gallery = await createGallery(admin, 'Summer', { visibility: 'FAMILY' });
    const ids = [];
    for (let n = 0; n < photos; n += 1) {
        const taken = `2024-07-${String(n % 28 + 1).padStart(2, '0')}T12:00:00`;
        ids.push(await upload(admin, gallery, `photo-${n}.jpg`, noted(GREY, { taken, comment: `${n}` })));
    }
    await processed(admin, ids);
    const family = await signedIn(mantel.url, 'family');
    const token = family.session.accessToken;
    const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
    return { mantel, gallery, token, issuer: claims.iss, clientId: claims.client_id };
}
