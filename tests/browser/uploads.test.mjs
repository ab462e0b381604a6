// Uploading, on lines that break and by people who go away.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { createGallery, signedIn } from './support/api.mjs';
import { DESKTOP, launch, newPage, PHONE, signIn } from './support/browser.mjs';
import { freePort, startMantel } from './support/mantel.mjs';
import { drawn, noted } from './support/pictures.mjs';
import { startProxy } from './support/proxy.mjs';

const FILM_BYTES = 40_000_000;
const FILM_PARTS = 5;

let mantel;
let proxy;
let browser;
let does;
let film;
before(async () => {
    const port = await freePort();
    mantel = await startMantel({ mediaUrl: `http://127.0.0.1:${port}` });
    proxy = await startProxy(port, mantel.media);
    browser = await launch();
    does = await signedIn(mantel.url, 'admin');
    film = aFilm();
});
after(async () => {
    await browser?.close();
    await proxy?.stop();
    await mantel?.stop();
});

/** A real film, with room at its end that makes it as large as films of phones are. */
function aFilm() {
    const path = join(mantel.folder, 'film.mp4');
    const source = ['-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25', '-t', '2', '-pix_fmt', 'yuv420p'];
    execFileSync('ffmpeg', ['-loglevel', 'error', '-y', ...source, '-c:v', 'libx264', path]);
    const bytes = readFileSync(path);
    const free = Buffer.alloc(FILM_BYTES - bytes.length);
    free.writeUInt32BE(free.length, 0);
    free.write('free', 4, 'latin1');
    return Buffer.concat([bytes, free]);
}

/** The film as another file, on the disk: its last bytes differ. */
function anotherFilm(name) {
    const bytes = Buffer.from(film);
    randomBytes(16).copy(bytes, bytes.length - 16);
    const path = join(mantel.folder, name);
    writeFileSync(path, bytes);
    return path;
}

const jpeg = (name, buffer) => ({ name, mimeType: 'image/jpeg', buffer });
const puts = () => proxy.seen.filter(line => line.startsWith('PUT'));
const isPut = request => request.method === 'PUT';
const line = page => page.locator('.panel .line');
const ended = (page, text) => line(page).filter({ hasText: text }).waitFor({ timeout: 120_000 });
const choose = (page, files) => page.locator('main input[type=file]').first().setInputFiles(files);

/** A page on a gallery of its own. */
async function inGallery(title, options = DESKTOP) {
    const gallery = await createGallery(does, title);
    const made = await newPage(browser, options);
    await signIn(made.page, mantel.url, 'admin', `/gallery/${gallery}`);
    await made.page.getByRole('heading', { name: title, level: 1 }).waitFor();
    return { ...made, gallery };
}

/** Slows down what the page sends, in bytes per second; -1 ends that. */
async function sendSlowly(context, page, bytesPerSecond) {
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', {
        offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond,
    });
    return session;
}

test('fifty pictures arrive; what is here already is named, and what is no picture is refused', async () => {
    const { page, context, complaints } = await inGallery('Fifty', PHONE);
    const base = await drawn(page, 320, 240);
    const pictures = Array.from({ length: 50 }, (_, at) => jpeg(`${at}.jpg`, noted(base, { comment: `fifty ${at}` })));
    await choose(page, pictures.slice(0, 1));
    await ended(page, '1 file has arrived');
    await choose(page, pictures.slice(1));
    await ended(page, '49 files have arrived');
    await choose(page, [pictures[0], { name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF') }, jpeg('empty.jpg', Buffer.alloc(0))]);
    await ended(page, '2 files did not arrive');
    const rows = page.locator('.panel li');
    await rows.filter({ hasText: 'letter.pdf' }).filter({ hasText: 'neither a photo nor a video' }).waitFor();
    await rows.filter({ hasText: 'empty.jpg' }).filter({ hasText: 'nothing in this file' }).waitFor();
    await rows.filter({ hasText: 'Already in “Fifty”' }).getByRole('link').click();
    await page.waitForURL(/\/gallery\/gal_[^/]+\/med_/);
    assert.deepEqual(complaints, []);
    await context.close();
});

test('a film arrives in parts through a busy server, a broken connection and an expired address', async () => {
    const { page, context } = await inGallery('Film');
    proxy.seen.length = 0;
    proxy.faults.push(
        request => isPut(request) && { status: 503 },
        request => isPut(request) && { dropAfter: 3_000_000 },
        request => isPut(request) && { status: 403 },
    );
    await choose(page, [anotherFilm('faults.mp4')]);
    await ended(page, '1 file has arrived');
    assert.equal(proxy.faults.length, 0);
    assert.ok(puts().length >= FILM_PARTS + 3, `${puts().length} parts`);
    await context.close();
});

test('what a reload interrupts goes on by itself, and sends only what is missing', async () => {
    const { page, context } = await inGallery('Reload');
    const session = await sendSlowly(context, page, 6_000_000);
    proxy.seen.length = 0;
    await choose(page, [anotherFilm('film.mp4')]);
    // The fifth part begins when two have arrived.
    await waitFor(() => puts().length >= FILM_PARTS);
    proxy.seen.length = 0;
    await page.reload();
    await session.detach();
    await ended(page, '1 file has arrived');
    assert.ok(puts().length > 0 && puts().length < FILM_PARTS, `${puts().length} parts`);
    await context.close();
});

test('a file that the browser could not keep is asked for, and recognised', async () => {
    const { page, context } = await inGallery('Again');
    const path = anotherFilm('again.mp4');
    const session = await sendSlowly(context, page, 6_000_000);
    proxy.seen.length = 0;
    await choose(page, [path]);
    await waitFor(() => puts().length >= FILM_PARTS);
    await page.evaluate(forgetFiles);
    proxy.seen.length = 0;
    await page.reload();
    await session.detach();
    await ended(page, '1 upload was interrupted');
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose files' }).click();
    await (await chooser).setFiles([path]);
    await ended(page, '1 file has arrived');
    assert.ok(puts().length > 0 && puts().length < FILM_PARTS, `${puts().length} parts`);
    await context.close();
});

/** In the page: what a browser does that has no room left. */
function forgetFiles() {
    return new Promise((resolve, reject) => {
        const opening = indexedDB.open('mantel-files');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
            const clearing = opening.result.transaction('contents', 'readwrite');
            clearing.objectStore('contents').clear();
            clearing.oncomplete = () => {
                opening.result.close();
                resolve();
            };
        };
    });
}

test('who signs out leaves nothing that somebody else would send', async () => {
    const { page, context, gallery } = await inGallery('Left');
    const { id: userId } = await (await signedIn(mantel.url, 'family'))('viewer');
    await does('set-gallery-access', { input: { galleryId: gallery, userId, level: 'CONTRIBUTE' } });
    const session = await sendSlowly(context, page, 1_000_000);
    await choose(page, [anotherFilm('film.mp4')]);
    await line(page).waitFor();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    // Signing out gives up what is on its way: that is asked for.
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await line(page).waitFor();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Family' }).waitFor();
    await session.detach();
    proxy.seen.length = 0;
    await signIn(page, mantel.url, 'family', `/gallery/${gallery}`);
    await page.getByRole('heading', { name: 'Left', level: 1 }).waitFor();
    assert.equal(await page.locator('.panel').count(), 0);
    assert.equal((await page.evaluate(() => indexedDB.databases())).filter(({ name }) => name === 'mantel-files').length, 0);
    // What was left would go first.
    await choose(page, [jpeg('own.jpg', noted(await drawn(page, 320, 240), { comment: 'own' }))]);
    await ended(page, '1 file has arrived');
    assert.equal(puts().length, 1);
    await context.close();
});

test('what another app shares waits until a gallery is chosen', async () => {
    const { page, context } = await inGallery('Shared to', PHONE);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await waitFor(() => page.evaluate(() => navigator.serviceWorker.controller !== null));
    const picture = jpeg('shared.jpg', noted(await drawn(page, 320, 240), { comment: 'shared' }));
    // As Android does it: a form with files, sent to the address in the manifest.
    await page.evaluate(() => {
        document.body.insertAdjacentElement('beforeend', Object.assign(document.createElement('form'), {
            method: 'post', enctype: 'multipart/form-data', action: '/share', id: 'sharing',
        })).append(Object.assign(document.createElement('input'), { type: 'file', name: 'files' }));
    });
    await page.locator('#sharing input').setInputFiles([picture]);
    await page.locator('#sharing').evaluate(form => form.submit());
    await page.getByRole('heading', { name: 'Add to a gallery' }).waitFor();
    await page.getByRole('button', { name: 'Shared to' }).click();
    await ended(page, '1 file has arrived');
    await context.close();
});

test('on a plain address in the house, where browsers have less, files arrive all the same', async () => {
    const host = 'home.test';
    const house = await startMantel({ host });
    const inHouse = await launch([`--host-resolver-rules=MAP ${host} 127.0.0.1`]);
    const gallery = await createGallery(await signedIn(`http://127.0.0.1:${house.ports.site}`, 'admin'), 'House');
    const { page, complaints } = await newPage(inHouse);
    await signIn(page, house.url, 'admin', `/gallery/${gallery}`);
    await page.getByRole('heading', { name: 'House', level: 1 }).waitFor();
    assert.deepEqual(await page.evaluate(() => [isSecureContext, 'serviceWorker' in navigator, typeof crypto.subtle]), [false, false, 'undefined']);
    await choose(page, [anotherFilm('film.mp4')]);
    await choose(page, [jpeg('a.jpg', await drawn(page, 320, 240))]);
    await ended(page, '2 files have arrived');
    assert.deepEqual(complaints, []);
    await inHouse.close();
    await house.stop();
});

async function waitFor(holds) {
    const until = Date.now() + 60_000;
    while (!await holds()) {
        if (Date.now() > until) throw new Error('it never happened');
        await new Promise(resolve => setTimeout(resolve, 50));
    }
}
