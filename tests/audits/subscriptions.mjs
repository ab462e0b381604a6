// Holds the subscriptions of a running server against the client of the npm package graphql-sse, in its mode of distinct
// connections: `node subscriptions.mjs http://127.0.0.1:8480/graphql`.

import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';

import { createClient } from 'graphql-sse';

import { ask, signIn } from './server.mjs';

const url = process.argv[2];
if (!url) {
    console.error('usage: node subscriptions.mjs URL');
    process.exit(2);
}
const operation = (name) =>
    readFileSync(new URL(`../../client/operations/${name}.graphql`, import.meta.url), 'utf8');

const [admin, family] = [await signIn(url, 'ADMIN'), await signIn(url, 'VISITOR')];
const does = async (field, type, input, selection) => {
    const document = `mutation($input: ${type}!) { ${field}(input: $input) { ${selection} userErrors { message } } }`;
    const payload = (await ask(url, document, { input }, admin))[field];
    if (payload.userErrors.length) throw new Error(payload.userErrors.map((error) => error.message).join(' '));
    return payload;
};

/** A real file: a PNG of one pixel. */
const picture = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    'base64',
);

async function upload(galleryId) {
    const input = {
        galleryId,
        fileName: 'dot.png',
        contentType: 'image/png',
        sizeBytes: picture.length,
        sha256: createHash('sha256').update(picture).digest('base64'),
    };
    const parts = 'ticket { mediaId parts { method url headers { name value } } }';
    const { ticket } = await does('requestUpload', 'RequestUploadInput', input, parts);
    for (const { method, url, headers } of ticket.parts) {
        const named = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
        const { ok, status } = await fetch(url, { method, headers: named, body: picture });
        if (!ok) throw new Error(`the bucket answered ${status}`);
    }
    await does('finishUpload', 'FinishUploadInput', { mediaId: ticket.mediaId }, 'media { id }');
    return ticket.mediaId;
}

const client = createClient({
    url: `${url}/stream`,
    singleConnection: false,
    headers: { authorization: `Bearer ${family}` },
    retryAttempts: 0,
});

let failed = 0;
const check = (what, good, seen) => {
    console.log(`${good ? 'ok' : 'FAILED'}: ${what}${good ? '' : `: ${JSON.stringify(seen)}`}`);
    if (!good) failed += 1;
};

const { gallery } = await does('createGallery', 'CreateGalleryInput', { title: 'Subscriptions' }, 'gallery { id }');
let connected;
const open = new Promise((resolve) => (connected = resolve));
const watched = { query: operation('on-media-ready'), variables: { galleryId: gallery.id } };
const pictures = client.iterate(watched, { connected });
const heard = [];
// The connection begins with the first question; from its answer on nothing is missed.
const first = pictures.next();
await open;
const mediaId = await upload(gallery.id);
for (let { value, done } = await first; !done; { value, done } = await pictures.next()) {
    heard.push(value);
    if (value.errors || value.data.onMediaReady.status !== 'PROCESSING') break;
}
await pictures.return();
const last = heard.at(-1)?.data?.onMediaReady;
check('a picture is heard of until it is ready', last?.status === 'READY' && last?.mediaId === mediaId, heard);

const absent = { galleryId: 'gal_01JZZZZZZZZZZZZZZZZZZZZZZZ' };
const nowhere = client.iterate({ query: operation('on-media-ready'), variables: absent });
const refused = [];
for await (const answer of nowhere) refused.push(answer);
check(
    'what is not there is refused in the stream, which then completes',
    refused.length === 1 && refused[0].errors?.[0]?.extensions?.code === 'NOT_FOUND',
    refused,
);

client.dispose();
console.log(`${2 - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
