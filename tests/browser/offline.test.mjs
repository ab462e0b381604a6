// Without a connection.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { createGallery, processed, signedIn, upload } from './support/api.mjs';
import { launch, newPage, PHONE, shotPath, signIn } from './support/browser.mjs';
import { startMantel } from './support/mantel.mjs';
import { drawn, noted } from './support/pictures.mjs';
import { until } from './support/wait.mjs';

let mantel;
let browser;
let gallery;
before(async () => {
    // A service worker wants an address that browsers trust.
    mantel = await startMantel({ host: 'localhost' });
    browser = await launch();
    const admin = await signedIn(mantel.url, 'admin');
    gallery = await createGallery(admin, 'Summer at the lake');
    const { page, context } = await newPage(browser);
    await page.goto(mantel.url);
    const jpeg = await drawn(page, 640, 427);
    const ids = [];
    for (let at = 0; at < 3; at++) ids.push(await upload(admin, gallery, `IMG_${at}.jpg`, noted(jpeg, { comment: `${at}` })));
    await processed(admin, ids);
    await context.close();
});
after(async () => {
    await browser?.close();
    await mantel?.stop();
});

const shown = page => page.evaluate(() => [...document.images].filter(image => image.complete && image.naturalWidth > 0).length);
const kept = (page, what) => until(() => page.evaluate(async () => {
    let entries = 0;
    for (const name of await caches.keys()) entries += (await (await caches.open(name)).keys()).filter(({ url }) => !url.startsWith(location.origin)).length;
    return entries;
}).then(entries => entries >= 3), what);

/** Whether databases of the page hold answers with all of these fields. */
async function keptAnswers(fields) {
    let found = '';
    for (const { name } of await indexedDB.databases()) {
        const database = await new Promise((resolve, reject) => {
            const opening = indexedDB.open(name);
            opening.onsuccess = () => resolve(opening.result);
            opening.onerror = reject;
        });
        const texts = await Promise.all([...database.objectStoreNames].map(store => new Promise((resolve, reject) => {
            const asking = database.transaction(store).objectStore(store).getAll();
            asking.onsuccess = () => resolve(JSON.stringify(asking.result));
            asking.onerror = reject;
        })));
        database.close();
        found += texts.join();
    }
    return fields.every(field => found.includes(`"${field}"`));
}

test('the page, the galleries and the pictures seen last are there without a connection, with a word about it', async () => {
    const { page, context } = await newPage(browser, PHONE);
    await signIn(page, mantel.url, 'family');
    await page.evaluate(() => navigator.serviceWorker.ready);
    // From its second load on a page has its service worker before it.
    await page.reload();
    await page.getByRole('link', { name: /Summer at the lake/ }).click();
    await page.locator('[data-media]').nth(2).waitFor();
    await until(async () => await shown(page) >= 3, 'the pictures are shown');
    await kept(page, 'the thumbnails are kept');
    await until(() => page.evaluate(keptAnswers, ['months']), 'what the server said is kept');
    await context.setOffline(true);

    await page.reload();
    await page.getByRole('heading', { name: 'Summer at the lake' }).waitFor();
    await until(async () => await shown(page) >= 3, 'the pictures are shown without a connection');
    await page.getByText('No connection.').waitFor();
    await page.getByRole('link', { name: 'Galleries' }).last().click();
    await page.getByText('Summer at the lake').first().waitFor();

    await context.setOffline(false);
    await page.reload();
    await page.getByText('Summer at the lake').first().waitFor();
    assert.equal(await page.getByText('No connection.').count(), 0);
    await context.close();
});

test('whoever signs out leaves nothing that could be seen without a connection', async () => {
    const { page, context } = await newPage(browser, PHONE);
    await signIn(page, mantel.url, 'family');
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await page.getByRole('link', { name: /Summer at the lake/ }).click();
    await until(async () => await shown(page) >= 3, 'the pictures are shown');
    await kept(page, 'the thumbnails are kept');
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Who are you?').waitFor();
    await until(() => page.evaluate(async () => {
        for (const name of await caches.keys()) {
            if ((await (await caches.open(name)).keys()).some(({ url }) => !url.startsWith(location.origin))) return false;
        }
        return true;
    }), 'no thumbnail is kept');
    await context.setOffline(true);
    await page.reload();
    await page.locator('h1').first().waitFor();
    assert.equal(await page.getByText('Summer at the lake').count(), 0);
    await context.close();
});

test('the timeline and the activity seen last are there without a connection', async () => {
    const { page, context } = await newPage(browser, PHONE);
    await signIn(page, mantel.url, 'family');
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    const places = { Timeline: () => page.locator('[data-media]').nth(2), Activity: () => page.getByRole('main').locator('li').first() };
    for (const [name, something] of Object.entries(places)) {
        await page.getByRole('link', { name }).click();
        await something().waitFor();
    }
    await until(() => page.evaluate(keptAnswers, ['timelineMonths', 'unreadCount']), 'what the server said is kept');
    await context.setOffline(true);
    for (const [name, something] of Object.entries(places)) {
        await page.goto(`${mantel.url}/${name.toLowerCase()}`);
        await something().waitFor();
        await page.getByText('No connection.').waitFor();
    }
    await context.close();
});

test('a problem of the server is told as such, and what one looked for comes by itself once it is over', async () => {
    const { page, context } = await newPage(browser, { ...PHONE, serviceWorkers: 'block' });
    await signIn(page, mantel.url, 'family');
    let broken = true;
    await page.route('**/graphql', route => (broken ? route.fulfill({ status: 503, json: { message: 'Service Unavailable' } }) : route.continue()));
    await page.goto(`${mantel.url}/timeline`);
    await page.getByRole('heading', { name: 'The server has a problem' }).waitFor();
    await page.screenshot({ path: shotPath('phone-light-trouble') });
    assert.equal(await page.getByText('check the connection').count(), 0);
    broken = false;
    await page.locator('[data-media]').first().waitFor();
    assert.equal(await page.getByText('The server has a problem').count(), 0);
    await context.close();
});
