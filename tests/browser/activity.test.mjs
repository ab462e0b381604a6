// What others did, and that one hears of it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { createGallery, processed, signedIn, upload } from './support/api.mjs';
import { launch, newPage, signIn } from './support/browser.mjs';
import { startMantel } from './support/mantel.mjs';
import { drawn } from './support/pictures.mjs';

let mantel;
let browser;
before(async () => {
    mantel = await startMantel();
    browser = await launch();
});
after(async () => {
    await browser?.close();
    await mantel?.stop();
});

test('what somebody else says shows at the menu when one comes back, until it was read', async () => {
    const { page, context, complaints } = await newPage(browser);
    const admin = await signedIn(mantel.url, 'admin');
    const family = await signedIn(mantel.url, 'family');
    const gallery = await createGallery(admin, 'Summer');
    const picture = await upload(admin, gallery, 'a.jpg', await drawn(page, 320, 240));
    await processed(admin, [picture]);
    await family('mark-activity-read', { input: { upTo: new Date().toISOString() } });

    // Coming back asks anew only where some time went by.
    await page.clock.install();
    const asked = page.waitForResponse(isActivity);
    await signIn(page, mantel.url, 'family');
    await asked;
    const activity = page.getByRole('link', { name: 'Activity' });
    const news = activity.getByText(/new things?$/);
    await activity.waitFor();
    assert.equal(await news.count(), 0);

    await admin('add-comment', { input: { mediaId: picture, text: 'How lovely!', authorName: 'Aunt Ida' } });
    await page.clock.fastForward(30_000);
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await activity.getByText('1 new thing', { exact: true }).waitFor({ state: 'attached' });

    await activity.click();
    await page.getByRole('heading', { name: 'Activity', level: 1 }).waitFor();
    await page.getByRole('link', { name: /Aunt Ida/ }).waitFor();
    await news.waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('link', { name: /Aunt Ida/ }).waitFor();
    assert.equal(await news.count(), 0);
    assert.deepEqual(complaints, []);
    await context.close();
});

const isActivity = response => /query Activity\b/.test(response.request().postData() ?? '');
