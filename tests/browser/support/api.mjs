// The API, as whoever prepares a test uses it.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { PASSWORDS } from './mantel.mjs';

const operation = name => readFileSync(new URL(`../../../client/operations/${name}.graphql`, import.meta.url), 'utf8');

/** Signs in and answers a function that runs an operation of client/operations: `does('create-gallery', { input })`. */
export async function signedIn(url, who, password = PASSWORDS[who]) {
    const options = (await send(url, operation('sign-in-options'), {})).signInOptions;
    const role = who === 'admin' ? 'ADMIN' : 'VISITOR';
    const option = options.find(option => option.role === role);
    const { signIn } = await send(url, operation('sign-in'), { input: { optionId: option.id, password } });
    if (!signIn.session) throw new Error(JSON.stringify(signIn));
    const does = async (name, variables = {}) => {
        const data = await send(url, operation(name), variables, signIn.session.accessToken);
        const [answer] = Object.values(data);
        if (answer?.userErrors?.length) throw new Error(`${name}: ${JSON.stringify(answer.userErrors)}`);
        return answer;
    };
    does.session = signIn.session;
    return does;
}

/** The data of an answer; throws its errors. */
export async function send(url, query, variables, token = null) {
    const headers = { 'content-type': 'application/json' };
    if (token) headers.authorization = `Bearer ${token}`;
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    const { data, errors } = await response.json();
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
}

export async function createGallery(does, title, more = {}) {
    const { gallery } = await does('create-gallery', { input: { title, ...more } });
    return gallery.id;
}

/** Uploads a file of one part. Answers its id. */
export async function upload(does, galleryId, fileName, bytes, contentType = 'image/jpeg') {
    const sha256 = createHash('sha256').update(bytes).digest('base64');
    const { ticket } = await does('request-upload', {
        input: { galleryId, fileName, contentType, sizeBytes: bytes.length, sha256 },
    });
    for (const { url, method, headers } of ticket.parts) {
        const sent = Object.fromEntries(headers.map(({ name, value }) => [name, value]).filter(([name]) => !/^(content-length|host)$/i.test(name)));
        const response = await fetch(url, { method, headers: sent, body: bytes });
        if (!response.ok) throw new Error(`${fileName}: ${response.status} ${await response.text()}`);
    }
    await does('finish-upload', { input: { mediaId: ticket.mediaId } });
    return ticket.mediaId;
}

/** Waits until none of these is on its way. */
export async function processed(does, ids) {
    const waiting = new Set(ids);
    const until = Date.now() + 600_000;
    while (waiting.size > 0) {
        for (const id of [...waiting].slice(0, 8)) {
            const media = await does('media', { id });
            if (media.status === 'FAILED') throw new Error(`${media.fileName}: ${media.failureReason}`);
            if (media.status === 'READY') waiting.delete(id);
        }
        if (Date.now() > until) throw new Error(`${waiting.size} pictures are not ready`);
        if (waiting.size > 0) await new Promise(resolve => setTimeout(resolve, 200));
    }
}
