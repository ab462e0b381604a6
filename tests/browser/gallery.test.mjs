// A large gallery: what is in the page, where one gets to, and how it stays up to date.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { createGallery, processed, signedIn, upload } from './support/api.mjs';
import { DESKTOP, launch, newPage, PHONE, signIn } from './support/browser.mjs';
import { fill, takenAt } from './support/fill.mjs';
import { startMantel } from './support/mantel.mjs';
import { drawn, noted } from './support/pictures.mjs';
import { until, untilLoaded } from './support/wait.mjs';

/** Fewer make a quick run while one works on this. */
const PICTURES = Number(process.env.PICTURES ?? 1000);
const MONTHS = 20;
const MOST_TILES = 120;
/** What a service worker fetches, a test does not get hold of. */
const withoutWorker = { ...DESKTOP, serviceWorkers: 'block' };

let mantel;
let browser;
let admin;
let large;
let ids;
before(async () => {
    mantel = await startMantel();
    browser = await launch();
    admin = await signedIn(mantel.url, 'admin');
    large = await createGallery(admin, 'Twenty months');
    const { page, context } = await newPage(browser);
    const began = Date.now();
    ids = await fill(admin, page, large, PICTURES, MONTHS);
    console.log(`${PICTURES} pictures uploaded and ready in ${((Date.now() - began) / 1000).toFixed(0)} s`);
    await context.close();
});
after(async () => {
    await browser?.close();
    await mantel?.stop();
});

const isFile = url => url.origin === mantel.media;
const tileOf = (page, id) => page.locator(`[data-media="${id}"]`);
const boxOf = async locator => (await locator.boundingBox()) ?? { x: NaN, y: NaN, width: NaN, height: NaN };

/** Clicks by the mouse itself: Playwright's own click scrolls first where something lies within `scroll-padding`. */
async function clickAt(page, locator) {
    const { x, y, width, height } = await boxOf(locator);
    await page.mouse.click(x + width / 2, y + height / 2);
}

/** A page that shows the large gallery, or what lies in it. */
async function opened(options, path = '') {
    const made = await newPage(browser, options);
    await signIn(made.page, mantel.url, 'family', `/gallery/${large}${path}`);
    await tileOf(made.page, ids[0]).or(made.page.locator('dialog.viewer')).first().waitFor();
    return made;
}

/** Whether an element lies wholly between the bars and the lower edge of the window. */
const isInSight = locator => locator.evaluate(element => {
    const box = element.getBoundingClientRect();
    const bar = document.querySelector('.bar')?.getBoundingClientRect();
    return box.top >= (bar?.bottom ?? 0) - 1 && box.bottom <= innerHeight + 1 && box.height > 0;
});

async function untilInSight(locator) {
    await locator.waitFor();
    await until(() => isInSight(locator), 'it is in sight');
}

/**
 * Scrolls by steps until the last picture is there, as somebody does who looks at them, and then here and there, as one does
 * who drags the scrollbar. Answers the most tiles that were ever in the page, and how much moved while one looked.
 */
function scrollThrough(page, last) {
    return page.evaluate(async last => {
        const frame = () => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        const tiles = document.getElementsByClassName('tile');
        let most = tiles.length;
        const counting = new MutationObserver(() => { most = Math.max(most, tiles.length); });
        counting.observe(document.body, { childList: true, subtree: true });
        let shift = 0;
        const shifts = new PerformanceObserver(list => { for (const entry of list.getEntries()) shift += entry.value; });
        shifts.observe({ type: 'layout-shift' });
        const end = performance.now() + 240_000;
        const isThere = () => document.querySelector(`[data-media="${last}"]`) && scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
        const isComing = () => [...document.querySelectorAll('section.coming')].some(section => section.getBoundingClientRect().top < innerHeight * 1.7);
        while (!isThere() && performance.now() < end) {
            if (!isComing()) scrollBy(0, innerHeight * 0.7);
            await frame();
        }
        const arrived = Boolean(isThere());
        shifts.disconnect();
        for (const part of [0.1, 0.9, 0.4, 0.6, 0, 1, 0.25]) {
            scrollTo(0, document.documentElement.scrollHeight * part);
            await frame();
        }
        counting.disconnect();
        return { most, shift, arrived };
    }, last);
}

for (const [name, options] of [['a phone', PHONE], ['a desktop', DESKTOP], ['a very large screen', { viewport: { width: 2560, height: 1440 } }]]) {
    test(`whatever one scrolls on ${name}, at most ${MOST_TILES} tiles are in the page and none of them jumps`, async () => {
        const { page, context, complaints } = await opened(options);
        const { most, shift, arrived } = await scrollThrough(page, ids.at(-1));
        assert.ok(arrived, 'the end was not reached');
        assert.ok(most > 10 && most <= MOST_TILES, `${most} tiles`);
        assert.ok(shift < 0.02, `layout shift ${shift}`);
        assert.deepEqual(complaints, []);
        await context.close();
    });
}

test('the place of a picture is known before the picture is there', async () => {
    const { page, context } = await newPage(browser, withoutWorker);
    const held = [];
    let holding = true;
    await page.route(isFile, route => (holding ? void held.push(route) : route.continue()));
    await signIn(page, mantel.url, 'family', `/gallery/${large}`);
    await tileOf(page, ids[0]).waitFor();
    await until(() => held.length > 5, 'pictures are asked for');
    const places = () => page.locator('.tile').evaluateAll(tiles => tiles.map(tile => {
        const { x, y, width, height } = tile.getBoundingClientRect();
        return [tile.dataset.media, x, y, width, height].join();
    }));
    const before = await places();
    // Without a picture there is a blurred one.
    assert.match(await tileOf(page, ids[0]).locator('.picture').evaluate(one => getComputedStyle(one).backgroundImage), /^url\("data:image/);
    holding = false;
    await Promise.all(held.map(route => route.continue()));
    await untilLoaded(tileOf(page, ids[0]).locator('img'));
    assert.deepEqual(await places(), before);
    await context.close();
});

test('the month jump lands on the heading of a month, and stays there when its pictures come later', async () => {
    const { page, context } = await newPage(browser);
    const held = [];
    let holding = true;
    // The pages after the first one wait, so that months far away are not there for certain.
    await page.route('**/graphql', route => {
        if (holding && route.request().postData()?.includes('query GalleryMedia')) return void held.push(route);
        return route.continue();
    });
    await signIn(page, mantel.url, 'family', `/gallery/${large}`);
    await tileOf(page, ids[0]).waitFor();

    const jump = page.getByLabel('Jump to a month');
    await jump.selectOption('2024-03');
    const heading = page.getByRole('heading', { name: 'March 2024' });
    const away = async (what = heading) => {
        const [bar, box] = [await boxOf(page.locator('.bar')), await boxOf(what)];
        return Math.abs(box.y - (bar.y + bar.height));
    };
    await until(async () => (await away()) <= 2, 'the heading is under the bar');
    const first = Math.ceil(PICTURES / MONTHS) * 14;
    assert.equal(takenAt(first, PICTURES, MONTHS).slice(0, 7), '2024-03');
    assert.equal(await tileOf(page, ids[first]).count(), 0);

    holding = false;
    await Promise.all(held.map(route => route.continue()));
    await tileOf(page, ids[first]).waitFor();
    // All that was a guess before it becomes known meanwhile.
    await until(async () => (await page.locator('section.coming').count()) === 0, 'the months are there');
    assert.ok((await away()) <= 2, `${await away()} px away`);
    assert.equal(await jump.inputValue(), '2024-03');

    await jump.selectOption('2023-02');
    const other = page.getByRole('heading', { name: 'February 2023' });
    await until(async () => (await away(other)) <= 2, 'the other heading is under the bar');
    await context.close();
});

test('a link to a picture opens it, and Escape closes it onto its gallery with the picture in sight', async () => {
    const wanted = ids[Math.floor(PICTURES * 0.7)];
    const { page, context, complaints } = await opened(DESKTOP, `/${wanted}`);
    const viewer = page.locator('dialog.viewer');
    await viewer.locator('[data-current] [data-zoom]').waitFor();
    await page.keyboard.press('Escape');
    await viewer.waitFor({ state: 'detached' });
    assert.equal(new URL(page.url()).pathname, `/gallery/${large}`);
    await untilInSight(tileOf(page, wanted));
    await until(() => tileOf(page, wanted).evaluate(tile => tile === document.activeElement), 'it has the focus');
    assert.deepEqual(complaints, []);
    await context.close();
});

/** A page that shows October, while September above it is still on its way, so that its height is a guess. `september` lets it come. */
async function openedAtOctober() {
    const made = await newPage(browser);
    const { page } = made;
    const held = [];
    let holding = true;
    await page.route('**/graphql', route => {
        const isSeptember = route.request().postData()?.includes('query GalleryMedia') && route.request().postDataJSON().variables.from === '2023-09-01';
        return holding && isSeptember ? void held.push(route) : route.continue();
    });
    await signIn(page, mantel.url, 'family', `/gallery/${large}`);
    const first = tileOf(page, ids[Math.ceil(PICTURES / MONTHS) * 9]);
    await tileOf(page, ids[0]).waitFor();
    await page.getByLabel('Jump to a month').selectOption('2023-10');
    await untilInSight(first);
    await until(() => held.length === 1, 'September is asked for');
    const september = async () => {
        const coming = page.waitForResponse(response => response.request() === held[0].request());
        holding = false;
        await held[0].continue();
        await (await coming).finished();
        await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    };
    return { ...made, first, september };
}

test('back closes a picture, and what one looked at last is in sight', async () => {
    const { page, context, first, september } = await openedAtOctober();
    const at = Math.ceil(PICTURES / MONTHS) * 9;
    const { y } = await boxOf(first);
    await clickAt(page, first);
    await page.waitForURL(`**/gallery/${large}/${ids[at]}`);
    const viewer = page.locator('dialog.viewer');
    await viewer.locator('[data-current] [data-zoom]').waitFor();
    await september();
    await page.goBack();
    await viewer.waitFor({ state: 'detached' });
    await until(async () => Math.abs((await boxOf(first)).y - y) <= 2, 'it is where it was');

    // So far on that it is not in sight by chance.
    await clickAt(page, tileOf(page, ids[at]));
    const last = at + Math.min(40, PICTURES / MONTHS * 3);
    for (let now = at + 1; now <= last; now++) {
        await viewer.getByRole('button', { name: 'Next picture' }).waitFor({ state: 'attached' });
        await page.keyboard.press('ArrowRight');
        await page.waitForURL(`**/gallery/${large}/${ids[now]}`);
    }
    await page.goBack();
    await viewer.waitFor({ state: 'detached' });
    assert.equal(new URL(page.url()).pathname, `/gallery/${large}`);
    await untilInSight(tileOf(page, ids[last]));
    await context.close();
});

test('whoever comes back to a gallery is where they were in it, though more of it came meanwhile', async () => {
    const { page, context, first, september } = await openedAtOctober();
    const { y } = await boxOf(first);
    await clickAt(page, page.getByRole('link', { name: 'Activity' }));
    await page.getByRole('heading', { name: 'Activity', level: 1 }).waitFor();
    await september();
    await page.goBack();
    await first.waitFor();
    await until(async () => Math.abs((await boxOf(first)).y - y) <= 2, 'it is where it was');
    await context.close();
});

test('whoever comes back from a gallery is where they were among the galleries', async () => {
    const names = Array.from({ length: 40 }, (_, at) => `Album ${at + 1}`);
    for (const name of names) await createGallery(admin, name);
    const { page, context } = await newPage(browser, PHONE);
    await signIn(page, mantel.url, 'family');
    const card = page.getByRole('link', { name: 'Album 20 ' });
    await card.scrollIntoViewIfNeeded();
    const top = await page.evaluate(() => scrollY);
    assert.ok(top > 500);
    await card.click();
    await page.getByRole('heading', { name: 'Album 20', level: 1 }).waitFor();
    await page.goBack();
    await card.waitFor();
    await until(async () => Math.abs((await page.evaluate(() => scrollY)) - top) <= 2, 'it is where it was');
    await context.close();
});

test('an address of a picture that does not hold any more is asked for again', async () => {
    const { page, context } = await newPage(browser, withoutWorker);
    const refused = new Set();
    const asked = new Set();
    page.on('request', request => {
        if (request.postData()?.includes('query Media(')) asked.add(request.postDataJSON().variables.id);
    });
    await page.route(isFile, route => {
        const { pathname } = new URL(route.request().url());
        // Each file once, as addresses of yesterday are refused.
        if (refused.has(pathname)) return route.continue();
        refused.add(pathname);
        return route.fulfill({ status: 403, headers: { 'access-control-allow-origin': '*' } });
    });
    await signIn(page, mantel.url, 'family', `/gallery/${large}`);
    await untilLoaded(tileOf(page, ids[0]).locator('img'));
    assert.ok(refused.size > 0);
    assert.ok(asked.has(ids[0]), 'its address was not asked for');
    const missing = () => page.locator('.tile img').evaluateAll(images => images.filter(image => image.getBoundingClientRect().top < innerHeight && !image.naturalWidth).length);
    await until(async () => (await missing()) === 0, 'all pictures are there');
    await context.close();
});

test('a picture that somebody adds appears in an open gallery', async () => {
    const gallery = await createGallery(admin, 'Today');
    const { page, context, complaints } = await newPage(browser);
    const jpeg = await drawn(page, 160, 120);
    const first = await upload(admin, gallery, 'first.jpg', noted(jpeg, { taken: '2024-05-01T12:00:00' }));
    await processed(admin, [first]);
    const listening = page.waitForResponse(response => response.url().endsWith('/graphql/stream') && response.status() === 200);
    await signIn(page, mantel.url, 'family', `/gallery/${gallery}`);
    await tileOf(page, first).waitFor();
    await listening;
    await page.evaluate(() => { window.before = true; });
    const second = await upload(admin, gallery, 'second.jpg', noted(jpeg, { taken: '2024-05-02T12:00:00', comment: 'second' }));
    await tileOf(page, second).waitFor();
    await untilLoaded(tileOf(page, second).locator('img'));
    assert.equal(await page.evaluate(() => window.before), true);
    assert.equal(await page.getByText('2 pictures').count(), 1);
    assert.deepEqual(complaints, []);
    await context.close();
});
