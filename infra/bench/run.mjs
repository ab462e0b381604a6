// node run.mjs [COLD STARTS]: measures both functions side by side, and prints a table.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { httpEvent, startFunction } from './emulator.mjs';
import { startStore } from './fill.mjs';
import { makeCertificate, startProxy } from './tls.mjs';

const PHOTOS = 50;
const COLD_STARTS = Number(process.argv[2] ?? 15);
const WARM_REQUESTS = 300;
const here = path => fileURLToPath(new URL(path, import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? here('../../target');
const mantel = process.env.MANTEL ?? join(target, 'debug', 'mantel');
const bootstrap = process.env.RESOLVERS ?? join(target, 'lambda', 'x86_64', 'resolvers', 'bootstrap');
if (!existsSync(bootstrap)) throw new Error(`${bootstrap} is missing: run infra/package.sh x86_64 first`);

const VIEWER = '{ viewer { id displayName role } }';
const PAGE = `query Page($id: ID!) { gallery(id: $id) { id title media(first: ${PHOTOS}) {
    edges { cursor node { id fileName takenAt width height thumbhash thumbnail { url width height } } }
    pageInfo { hasNextPage endCursor } } } }`;

const work = mkdtempSync(join(tmpdir(), 'mantel-bench-'));
const { mantel: store, gallery, token, issuer, clientId } = await startStore(PHOTOS);
const certificate = makeCertificate(work);
let proxy = await startProxy(certificate, store.ports.aws);
const key = Object.fromEntries(execFileSync(mantel, ['credentials', '--data', join(store.folder, 'data')], { encoding: 'utf8' })
    .trim().split('\n').map(line => line.split('=')));
const env = {
    ...key,
    AWS_ENDPOINT_URL: `https://localhost:${proxy.port}`,
    SSL_CERT_FILE: certificate.certificate,
    NODE_EXTRA_CA_CERTS: certificate.certificate,
    MANTEL_TABLE: 'mantel',
    MANTEL_ORIGINALS_BUCKET: 'originals',
    MANTEL_RENDITIONS_BUCKET: 'renditions',
    MANTEL_MEDIA_URL: store.media,
    MANTEL_SITE_URL: store.url,
    MANTEL_USER_POOL_ID: issuer.split('/').pop(),
    MANTEL_CLIENT_ID: clientId,
    MANTEL_ISSUER: issuer,
    MANTEL_JWKS_URL: `https://localhost:${proxy.port}/${issuer.split('/').pop()}/.well-known/jwks.json`,
};

const bundle = join(work, 'function.mjs');
await build({
    entryPoints: [here('node/runtime.mjs')], outfile: bundle, bundle: true, minify: true, platform: 'node', target: 'node20',
    format: 'esm', banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
});
const functions = {
    resolvers: { command: bootstrap, env },
    node: { command: process.execPath, args: [bundle], env, stderr: 'ignore' },
};

const viewer = httpEvent(VIEWER, {}, token);
const page = httpEvent(PAGE, { id: gallery }, token);
const median = values => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** The data of an answer, which must be whole. */
function dataOf({ answer }) {
    assert.equal(answer.statusCode, 200, JSON.stringify(answer));
    const { data, errors } = JSON.parse(answer.body);
    assert.equal(errors, undefined, answer.body);
    return data;
}

/** What both must answer alike: everything but the order of parameters and the spelling of cursors. */
async function pictures(answer) {
    const { title, media } = dataOf(answer).gallery;
    assert.equal(media.edges.length, PHOTOS);
    const { url } = media.edges[0].node.thumbnail;
    assert.equal((await fetch(url)).status, 200, url);
    const shown = media.edges.map(({ node: { thumbnail, ...node } }) => ({ ...node, path: new URL(thumbnail.url).pathname }));
    return { title, shown: shown.map(node => ({ ...node, takenAt: Date.parse(node.takenAt) })) };
}

async function coldStart(name) {
    const running = await startFunction(functions[name]);
    const first = await running.invoke(page);
    dataOf(first);
    await running.stop();
    return { init: running.initMs, first: first.ms };
}

/** The first request of a function that could not open its connections ahead: nothing listened while it began. */
async function withoutConnections(name) {
    const { port } = proxy;
    proxy.stop();
    const running = await startFunction({ ...functions[name], stderr: 'ignore' });
    // The keys of the pool are asked for again only some seconds after a failure.
    await new Promise(resolve => setTimeout(resolve, 6_000));
    proxy = await startProxy(certificate, store.ports.aws, port);
    const first = await running.invoke(page);
    dataOf(first);
    await running.stop();
    return first.ms;
}

async function warm(name) {
    const running = await startFunction(functions[name]);
    const answer = await pictures(await running.invoke(page));
    const times = { viewer: [], page: [] };
    for (let n = 0; n < WARM_REQUESTS; n += 1) {
        times.viewer.push((await running.invoke(viewer)).ms);
        times.page.push((await running.invoke(page)).ms);
    }
    const memory = running.peakMemoryMb();
    await running.stop();
    return { answer, viewer: median(times.viewer), page: median(times.page), memory };
}

try {
    const cold = { resolvers: [], node: [] };
    for (let n = 0; n < COLD_STARTS; n += 1) {
        for (const name of ['resolvers', 'node']) cold[name].push(await coldStart(name));
    }
    const hot = { resolvers: await warm('resolvers'), node: await warm('node') };
    assert.deepEqual(hot.resolvers.answer, hot.node.answer, 'both functions answer the same');
    const closed = [];
    for (let n = 0; n < 3; n += 1) closed.push(await withoutConnections('resolvers'));

    const rows = [
        ['init, ms', name => median(cold[name].map(({ init }) => init))],
        [`first request: a page of ${PHOTOS} covers, ms`, name => median(cold[name].map(({ first }) => first))],
        ['warm, p50: who am I, ms', name => hot[name].viewer],
        [`warm, p50: a page of ${PHOTOS} presigned covers, ms`, name => hot[name].page],
        ['peak memory, MB', name => hot[name].memory],
    ];
    console.log('| | resolvers | Node.js | ratio |\n|---|---:|---:|---:|');
    for (const [what, of] of rows) {
        const [ours, theirs] = [of('resolvers'), of('node')];
        console.log(`| ${what} | ${ours.toFixed(1)} | ${theirs.toFixed(1)} | ${(theirs / ours).toFixed(1)}x |`);
    }
    console.log(`\nThe first request of resolvers without connections opened during init: ${median(closed).toFixed(1)} ms`);
} finally {
    proxy.stop();
    await store.stop();
    rmSync(work, { recursive: true, force: true });
}
