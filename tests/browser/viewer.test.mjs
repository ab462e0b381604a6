// Looking at one picture after the other, and saying something about them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { createGallery, processed, signedIn, upload } from './support/api.mjs';
import { DESKTOP, launch, newPage, PHONE, shotPath, signIn } from './support/browser.mjs';
import { film, hasFfmpeg } from './support/films.mjs';
import { startMantel } from './support/mantel.mjs';
import { drawn, noted } from './support/pictures.mjs';
import { until, untilLoaded } from './support/wait.mjs';

const FILE_NAME = 'Großmutters Garten.jpg';
const SECONDS = 60;
const withoutFfmpeg = hasFfmpeg ? false : 'ffmpeg is not installed: no film can be made';

let mantel;
let browser;
let admin;
let gallery;
/** Three photos, in the order in which they are shown. */
let photos;
let bytes;
before(async () => {
    mantel = await startMantel();
    browser = await launch();
    admin = await signedIn(mantel.url, 'admin');
    gallery = await createGallery(admin, 'Summer');
    const { page, context } = await newPage(browser);
    const jpegs = [await drawn(page, 1200, 900), await drawn(page, 900, 1200, '#3a7'), await drawn(page, 1000, 1000, '#a73')];
    await context.close();
    bytes = noted(jpegs[0], { taken: '2024-05-01T12:00:00' });
    photos = [
        await upload(admin, gallery, FILE_NAME, bytes),
        await upload(admin, gallery, 'second.jpg', noted(jpegs[1], { taken: '2024-05-02T12:00:00' })),
        await upload(admin, gallery, 'third.jpg', noted(jpegs[2], { taken: '2024-05-03T12:00:00' })),
    ];
    await processed(admin, photos);
});
after(async () => {
    await browser?.close();
    await mantel?.stop();
});

/** A page on which a picture is open. */
async function opened(id, { options = DESKTOP, who = 'family', inGallery = gallery } = {}) {
    const made = await newPage(browser, options);
    await signIn(made.page, mantel.url, who, `/gallery/${inGallery}/${id}`);
    const viewer = made.page.locator('dialog.viewer');
    await viewer.locator('[data-current] :is(img, video)').first().waitFor();
    return { ...made, viewer };
}

const shows = (page, id) => page.waitForURL(`**/gallery/*/${id}`);
const picture = viewer => viewer.locator('[data-current] [data-zoom]');

/** Waits until a button of the viewer is there: a neighbour is known, say. */
const button = (viewer, name) => viewer.getByRole('button', { name, exact: true });

test('arrows lead from picture to picture and not beyond the ends, and Escape closes', async () => {
    const { page, context, viewer, complaints } = await opened(photos[0]);
    await button(viewer, 'Next picture').waitFor();
    assert.equal(await button(viewer, 'Previous picture').count(), 0);
    await page.keyboard.press('ArrowRight');
    await shows(page, photos[1]);
    await button(viewer, 'Next picture').click();
    await shows(page, photos[2]);
    await button(viewer, 'Next picture').waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await shows(page, photos[1]);
    await viewer.getByText('2 of 3').first().waitFor();
    await page.keyboard.press('Escape');
    await viewer.waitFor({ state: 'detached' });
    assert.equal(new URL(page.url()).pathname, `/gallery/${gallery}`);
    assert.deepEqual(complaints, []);
    await context.close();
});

/** Fingers, with the moments that they are told to have touched at: a slow machine does not make a slow hand. */
async function hand(page) {
    const session = await page.context().newCDPSession(page);
    let seconds = Date.now() / 1000;
    const send = (type, points, later) => {
        seconds += later;
        return session.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })), timestamp: seconds });
    };
    return {
        async tap(x, y, later = 0.05) {
            await send('touchStart', [[x, y]], later);
            await send('touchEnd', [], 0.03);
        },
        /** Moves fingers, each from a point to another. */
        async move(...fingers) {
            await send('touchStart', fingers.map(([from]) => from), 1);
            for (let step = 1; step <= 8; step++) {
                await send('touchMove', fingers.map(([from, to]) => [0, 1].map(axis => from[axis] + (to[axis] - from[axis]) * step / 8)), 0.02);
            }
            await send('touchEnd', [], 0.02);
        },
    };
}

test('a finger swipes to the next picture and back, and pulls a picture down to close it', async () => {
    const { page, context, viewer, complaints } = await opened(photos[0], { options: PHONE });
    const finger = await hand(page);
    await button(viewer, 'Next picture').waitFor({ state: 'attached' });
    await finger.move([[340, 400], [60, 410]]);
    await shows(page, photos[1]);
    await button(viewer, 'Previous picture').waitFor({ state: 'attached' });
    await finger.move([[60, 400], [340, 400]]);
    await shows(page, photos[0]);
    // There is nothing before the first: it comes back.
    await finger.move([[60, 400], [340, 400]]);
    await finger.move([[200, 300], [205, 700]]);
    await viewer.waitFor({ state: 'detached' });
    assert.equal(new URL(page.url()).pathname, `/gallery/${gallery}`);
    assert.deepEqual(complaints, []);
    await context.close();
});

const scaleOf = viewer => picture(viewer).evaluate(element => new DOMMatrix(getComputedStyle(element).transform).a);

test('two taps enlarge a picture and two more show it whole, and two fingers enlarge it as far as they move', async () => {
    const { page, context, viewer } = await opened(photos[0], { options: PHONE });
    const finger = await hand(page);
    await until(async () => (await picture(viewer).count()) === 1 && (await scaleOf(viewer)) === 1, 'it shows whole');
    // Its size, and with it how far it can be enlarged, is known with what is beside it.
    await button(viewer, 'Next picture').waitFor({ state: 'attached' });
    const twice = async () => {
        await finger.tap(200, 420, 1);
        await finger.tap(202, 421);
    };
    await twice();
    await until(async () => (await scaleOf(viewer)) > 1.5, 'it is enlarged');
    await twice();
    await until(async () => (await scaleOf(viewer)) === 1, 'it shows whole');
    await finger.move([[180, 420], [80, 420]], [[220, 420], [320, 420]]);
    await until(async () => (await scaleOf(viewer)) > 1.5, 'it is enlarged');
    await context.close();
});

test('a wheel and keys enlarge a picture', async () => {
    const { page, context, viewer } = await opened(photos[0]);
    await until(async () => (await picture(viewer).count()) === 1, 'it is there');
    await untilLoaded(picture(viewer).locator('img'));
    await button(viewer, 'Next picture').waitFor();
    await page.mouse.move(640, 400);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    await until(async () => (await scaleOf(viewer)) > 1.3, 'it is enlarged');
    await page.keyboard.press('0');
    await until(async () => (await scaleOf(viewer)) === 1, 'it shows whole');
    await page.keyboard.press('+');
    await until(async () => (await scaleOf(viewer)) > 1.3, 'it is enlarged');
    await context.close();
});

test('a like is there after a reload, and so is that it was taken back', async () => {
    const { page, context, viewer } = await opened(photos[1]);
    const like = viewer.getByRole('button', { name: /^Like/ });
    const stored = name => page.waitForResponse(async response => response.request().postData()?.includes(`mutation ${name}`) && response.ok());
    await until(async () => (await like.getAttribute('aria-pressed')) === 'false', 'it is not liked');
    await Promise.all([stored('LikeMedia'), like.click()]);
    await viewer.getByRole('button', { name: 'Like, 1 person likes it' }).waitFor();
    await page.reload();
    await until(async () => (await like.getAttribute('aria-pressed')) === 'true', 'it is liked');
    await Promise.all([stored('UnlikeMedia'), like.click()]);
    await page.reload();
    await until(async () => (await like.getAttribute('aria-pressed')) === 'false', 'it is not liked');
    assert.equal((await admin('media', { id: photos[1] })).likeCount, 0);
    await context.close();
});

test('whoever shares an account is asked for a name once, and comments, replies, changes and removes under it', async () => {
    const { page, context, viewer, complaints } = await opened(photos[2]);
    await button(viewer, 'Details').click();
    const panel = viewer.getByRole('complementary', { name: 'Details' });
    const say = panel.getByRole('textbox', { name: 'Say something' });
    const send = panel.getByRole('button', { name: 'Send', exact: true });
    await say.fill('What a day');
    await send.click();
    await panel.getByText('Please say who you are.').waitFor();
    await panel.getByLabel('Your name').fill('Grandma Ida');
    await send.click();
    const comments = panel.getByRole('listitem');
    const first = comments.filter({ hasText: 'What a day' }).first();
    await first.getByText('Grandma Ida').waitFor();
    await panel.getByText('You write as Grandma Ida.').waitFor();
    assert.equal(await panel.getByLabel('Your name').count(), 0);

    await first.getByRole('button', { name: 'Reply' }).click();
    await panel.getByRole('textbox', { name: 'Your reply' }).fill('It was');
    await panel.getByRole('textbox', { name: 'Your reply' }).press('Control+Enter');
    const reply = first.getByRole('listitem').first();
    await reply.getByText('It was').waitFor();
    await reply.getByRole('button', { name: 'Edit' }).click();
    await reply.getByRole('textbox', { name: 'Change your comment' }).fill('It really was');
    await reply.getByRole('button', { name: 'Save' }).click();
    await comments.filter({ hasText: 'It really was' }).last().getByText('changed').waitFor();
    await page.screenshot({ path: shotPath('comments') });

    await first.getByRole('button', { name: 'Remove' }).first().click();
    await page.getByRole('dialog', { name: 'Remove the comment?' }).getByRole('button', { name: 'Remove' }).click();
    await panel.getByText('This comment was removed.').waitFor();
    await page.reload();
    await panel.getByText('It really was').waitFor();
    await panel.getByText('You write as Grandma Ida.').waitFor();
    assert.equal(await panel.getByText('What a day').count(), 0);
    const { comments: { edges } } = await admin('media', { id: photos[2] });
    assert.deepEqual(edges.map(({ node }) => [node.removed, node.authorName, node.replyCount]), [[true, null, 1]]);
    assert.deepEqual(complaints, []);
    await context.close();
});

test('an admin changes the caption of a picture where it shows', async () => {
    const { page, context, viewer, complaints } = await opened(photos[1], { who: 'admin' });
    await button(viewer, 'More to do with this picture').click();
    await button(viewer, 'Edit details').click();
    const dialog = page.getByRole('dialog', { name: 'Edit details' });
    await dialog.getByLabel('Caption').fill('The old bridge');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await viewer.locator('.caption').getByText('The old bridge').waitFor();
    await page.reload();
    await viewer.locator('.caption').getByText('The old bridge').waitFor();
    assert.equal((await admin('media', { id: photos[1] })).caption, 'The old bridge');
    assert.deepEqual(complaints, []);
    await context.close();
});

test('a slideshow goes on by itself until it is stopped', async () => {
    const made = await newPage(browser);
    const { page, context } = made;
    await page.clock.install();
    await signIn(page, mantel.url, 'family', `/gallery/${gallery}/${photos[0]}`);
    const viewer = page.locator('dialog.viewer');
    await button(viewer, 'Next picture').waitFor();
    await button(viewer, 'Start the slideshow').click();
    await button(viewer, 'Stop the slideshow').waitFor({ state: 'attached' });
    await page.clock.runFor(6000);
    await shows(page, photos[1]);
    await button(viewer, 'Stop the slideshow').click();
    await button(viewer, 'Start the slideshow').waitFor();
    await page.clock.runFor(60_000);
    await viewer.getByText('2 of 3').first().waitFor();
    assert.ok(page.url().endsWith(photos[1]));
    await context.close();
});

test('the original comes as it was given, under its own name', async () => {
    const { page, context, viewer } = await opened(photos[0]);
    const [download] = await Promise.all([page.waitForEvent('download'), viewer.getByRole('link', { name: 'Download the original' }).click()]);
    assert.equal(download.suggestedFilename(), FILE_NAME);
    assert.ok(readFileSync(await download.path()).equals(bytes));
    await context.close();
});

test('a film plays, and goes on where one drags it without loading all before', { skip: withoutFfmpeg }, async () => {
    const films = await createGallery(admin, 'Films');
    const id = await upload(admin, films, 'film.mp4', film(SECONDS), 'video/mp4');
    await processed(admin, [id]);
    // A service worker would ask in place of the page.
    const { page, context, viewer, complaints } = await opened(id, { inGallery: films, options: { ...DESKTOP, serviceWorkers: 'block' } });
    const parts = [];
    page.on('response', async response => {
        const { range } = await response.request().allHeaders();
        if (range) parts.push({ from: Number(/bytes=(\d+)/.exec(range)[1]), status: response.status() });
    });
    const video = viewer.locator('video');
    await until(() => video.evaluate(video => video.readyState >= 1), 'its length is known');
    assert.ok(Math.abs(await video.evaluate(video => video.duration) - SECONDS) < 1);
    await video.evaluate(video => { video.muted = true; return video.play(); });
    await until(() => video.evaluate(video => video.currentTime > 0.3), 'it plays');
    await video.evaluate(video => { video.currentTime = video.duration - 10; });
    await until(() => video.evaluate(video => !video.seeking && video.readyState >= 2 && video.currentTime >= video.duration - 10.5), 'it plays further on');
    await until(() => parts.some(({ from, status }) => from > 0 && status === 206), 'a part was asked for');
    assert.deepEqual(complaints, []);
    await context.close();
});

test('a film that does not come says so, and can be downloaded', { skip: withoutFfmpeg }, async () => {
    const films = await createGallery(admin, 'Films that do not come');
    const id = await upload(admin, films, 'holiday.mp4', film(2), 'video/mp4');
    await processed(admin, [id]);
    const { page, context } = await newPage(browser, { ...DESKTOP, serviceWorkers: 'block' });
    await page.route(url => url.origin === mantel.media, route => (
        route.request().resourceType() === 'media' ? route.fulfill({ status: 500 }) : route.continue()
    ));
    await signIn(page, mantel.url, 'family', `/gallery/${films}/${id}`);
    const message = page.locator('dialog.viewer').getByRole('alert');
    await message.getByText('The film cannot be played here. You can download it.').waitFor();
    await page.screenshot({ path: shotPath('film-broken') });
    const [download] = await Promise.all([page.waitForEvent('download'), message.getByRole('link', { name: 'Download' }).click()]);
    assert.equal(download.suggestedFilename(), 'holiday.mp4');
    await context.close();
});

test('a file that is no film after all says so, and can be downloaded', async () => {
    const films = await createGallery(admin, 'No films');
    const id = await upload(admin, films, 'broken.mp4', Buffer.from('this is no film, whatever its name says'.repeat(100)), 'video/mp4');
    await until(async () => (await admin('media', { id })).status !== 'PROCESSING', 'it was looked at');
    const { page, context, complaints } = await newPage(browser);
    await signIn(page, mantel.url, 'family', `/gallery/${films}/${id}`);
    const viewer = page.locator('dialog.viewer');
    await viewer.getByText(/No picture could be made of this file|The film cannot be played here/).waitFor();
    const link = viewer.locator('[data-current]').getByRole('link', { name: 'Download' });
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    assert.equal(download.suggestedFilename(), 'broken.mp4');
    assert.deepEqual(complaints, []);
    await context.close();
});
