// The visit of a guest, and its end.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { createGallery, processed, signedIn, upload } from './support/api.mjs';
import { launch, newPage, PHONE, shotPath, signIn } from './support/browser.mjs';
import { startMantel } from './support/mantel.mjs';
import { drawn, noted } from './support/pictures.mjs';

let mantel;
let browser;
let admin;
let gallery;
before(async () => {
    mantel = await startMantel();
    browser = await launch();
    admin = await signedIn(mantel.url, 'admin');
    gallery = await createGallery(admin, 'Summer at the lake');
    const { page, context } = await newPage(browser);
    const picture = await upload(admin, gallery, 'lake.jpg', noted(await drawn(page, 640, 427), { taken: '2024-05-01T12:00:00' }));
    await processed(admin, [picture]);
    await context.close();
});
after(async () => {
    await browser?.close();
    await mantel?.stop();
});

const link = async () => (await admin('create-share-link', { input: { galleryId: gallery, label: 'Neighbours' } })).shareLink;
const isOver = page => page.getByRole('heading', { name: 'The visit is over' });

/** A guest who looks at the gallery, whose link is revoked then. */
async function visited(context) {
    const { id, url } = await link();
    const page = await context.newPage();
    await page.goto(url);
    await page.locator('[data-media]').waitFor();
    await admin('revoke-share-link', { input: { id } });
    return page;
}

test('a guest whose link ends while it is open is told so, and again after coming back', async () => {
    const { page: unused, context } = await newPage(browser, PHONE);
    await unused.close();
    const page = await visited(context);
    await page.locator('[data-media]').click();
    await isOver(page).waitFor();
    await page.screenshot({ path: shotPath('phone-light-visit-over') });
    for (const path of ['', `/gallery/${gallery}`, '/timeline']) {
        await page.goto(mantel.url + path);
        await isOver(page).waitFor();
        assert.equal(await page.getByText('Who are you?').count(), 0);
    }
    // Another link opens another visit.
    await page.goto((await link()).url);
    await page.locator('[data-media]').waitFor();
    await context.close();
});

test('the end of a visit leaves the family signed in in other tabs, and in this one when one leaves the visit', async () => {
    const { page: family, context } = await newPage(browser);
    await signIn(family, mantel.url, 'family');
    const { id, url } = await link();
    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole('button', { name: 'As a guest' }).click();
    await page.locator('[data-media]').waitFor();
    await admin('revoke-share-link', { input: { id } });
    await page.reload();
    await isOver(page).waitFor();
    await family.getByRole('link', { name: 'Timeline' }).click();
    await family.getByRole('heading', { name: 'Timeline', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'I have an account' }).click();
    await page.getByRole('navigation').waitFor();
    await context.close();
});

test('whoever comes to a gallery without a link reads that the link opens it', async () => {
    const { page, context } = await newPage(browser);
    await page.goto(`${mantel.url}/gallery/${gallery}`);
    await page.getByText('Did you come by a link').waitFor();
    await page.goto(mantel.url);
    await page.getByText('Who are you?').waitFor();
    assert.equal(await page.getByText('Did you come by a link').count(), 0);
    await context.close();
});
