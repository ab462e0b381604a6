// A gallery with as many pictures as a test wants.

import { upload } from './api.mjs';
import { drawn, noted } from './pictures.mjs';

const SHAPES = [[120, 80], [80, 120], [100, 100], [160, 90]];
const COLOURS = ['#7a9e7e', '#c98f5b', '#5b7fc9', '#b05b7a', '#8a8a5b'];
/** The server prepares a few at a time; more would only queue. */
const AT_ONCE = 16;

/** When the picture `at` of so many was taken: `months` months from January 2023 on, each with the same number. */
export function takenAt(at, count, months) {
    const perMonth = Math.ceil(count / months);
    const minute = (at % perMonth) * Math.floor(27 * 24 * 60 / perMonth);
    return new Date(Date.UTC(2023, Math.floor(at / perMonth), 1, 0, minute)).toISOString().slice(0, 19);
}

/** Uploads small pictures of many shapes. Answers their ids, oldest first, once all are ready. */
export async function fill(does, page, galleryId, count, months = 1) {
    const jpegs = [];
    for (const [width, height] of SHAPES) for (const colour of COLOURS) jpegs.push(await drawn(page, width, height, colour));
    const ids = new Array(count);
    let next = 0;
    const worker = async () => {
        while (next < count) {
            const at = next++;
            const bytes = noted(jpegs[at % jpegs.length], { taken: takenAt(at, count, months), comment: `${galleryId} ${at}` });
            ids[at] = await upload(does, galleryId, `picture-${String(at).padStart(4, '0')}.jpg`, bytes);
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    await allReady(does, galleryId, count);
    return ids;
}

/** Waits until a gallery has so many, and all of them are ready. */
async function allReady(does, galleryId, count) {
    const until = Date.now() + 600_000;
    let after = null;
    for (let ready = 0; ready < count;) {
        const { media } = await does('gallery-media', { id: galleryId, first: 100, after });
        const page = media.edges.map(({ node }) => node);
        const failed = page.find(({ status }) => status === 'FAILED');
        if (failed) throw new Error(`${failed.fileName}: ${failed.failureReason}`);
        // What is ready stays so, but one that becomes ready gets its date, and with it another place: all are counted anew.
        const complete = page.length > 0 && page.every(({ status }) => status === 'READY');
        after = complete ? media.pageInfo.endCursor : null;
        ready = complete ? ready + page.length : 0;
        if (complete && ready < count && !media.pageInfo.hasNextPage) [after, ready] = [null, 0];
        if (Date.now() > until) throw new Error(`${galleryId}: not all of ${count} pictures are ready`);
        if (!complete) await new Promise(resolve => setTimeout(resolve, 300));
    }
}
