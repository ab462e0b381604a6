// Picking pictures out of a grid, putting them in order, and months of few pictures.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { createGallery, processed, signedIn, upload } from './support/api.mjs';
import { DESKTOP, launch, newPage, PHONE, shotPath, signIn } from './support/browser.mjs';
import { fill } from './support/fill.mjs';
import { startMantel } from './support/mantel.mjs';
import { drawn, noted } from './support/pictures.mjs';
import { until } from './support/wait.mjs';

const PICTURES = 260;
const MONTHS = 13;

let mantel;
let browser;
let admin;
let long;
let ids;
let short;
let single;
before(async () => {
    mantel = await startMantel();
    browser = await launch();
    admin = await signedIn(mantel.url, 'admin');
    const { page, context } = await newPage(browser);
    long = await createGallery(admin, 'Thirteen months');
    ids = await fill(admin, page, long, PICTURES, MONTHS);
    short = await createGallery(admin, 'A picture now and then');
    const jpegs = [await drawn(page, 640, 480, '#5b7fc9'), await drawn(page, 480, 640, '#c98f5b')];
    single = [];
    for (let at = 0; at < 12; at++) {
        const taken = `2020-${String(at + 1).padStart(2, '0')}-10T12:00:00`;
        single.push(await upload(admin, short, `${at}.jpg`, noted(jpegs[at % 2], { taken, comment: `single ${at}` })));
    }
    await processed(admin, single);
    await context.close();
});
after(async () => {
    await browser?.close();
    await mantel?.stop();
});

const tileOf = (page, id) => page.locator(`[data-media="${id}"]`);
const middleOf = async locator => {
    const { x, y, width, height } = await locator.boundingBox();
    return { x: x + width / 2, y: y + height / 2, width };
};
const selected = (page, n) => page.getByText(`${n} selected`, { exact: true }).waitFor();

async function opened(options, path) {
    const made = await newPage(browser, options);
    await signIn(made.page, mantel.url, 'admin', path);
    await made.page.locator('[data-media]').first().waitFor();
    return made;
}

test('all of a long list, or all of a month, are selected, though most of them are not loaded', async () => {
    const { page, context, complaints } = await opened(PHONE, '/timeline');
    await page.getByRole('button', { name: 'Select', exact: true }).click();
    await page.getByRole('button', { name: /^All of January 2024/ }).click();
    await selected(page, PICTURES / MONTHS);
    await page.screenshot({ path: shotPath('phone-light-selecting') });
    await page.getByRole('button', { name: 'Select all' }).click();
    await selected(page, PICTURES + single.length);
    await page.getByRole('button', { name: /^All of January 2024/ }).click();
    await selected(page, PICTURES + single.length - PICTURES / MONTHS);
    await page.getByRole('button', { name: 'Select all' }).click();
    await page.getByRole('button', { name: 'Select none' }).click();
    await page.getByText('Tap pictures').waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
});

test('a click with Shift selects all from the one clicked before, also what is not loaded', async () => {
    const { page, context } = await opened(DESKTOP, '/timeline');
    const newest = tileOf(page, ids.at(-1));
    await newest.click({ modifiers: ['Control'] });
    await selected(page, 1);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Select', exact: true }).click();
    await newest.click();
    // While one selects, the months are out of reach: whoever looks scrolls.
    const oldest = tileOf(page, ids[0]);
    await until(async () => {
        await page.mouse.wheel(0, 900);
        return await oldest.count() > 0;
    }, 'the oldest is there');
    await oldest.click({ modifiers: ['Shift'] });
    await selected(page, PICTURES);
    await context.close();
});

test('months with few pictures stand beside each other, and are found by jump and by keys', async () => {
    for (const [size, options] of [['phone', PHONE], ['desktop', DESKTOP]]) {
        const { page, context, complaints } = await opened(options, `/gallery/${short}`);
        const heading = month => page.getByRole('heading', { name: `${month} 2020` });
        const top = async month => (await heading(month).boundingBox()).y;
        assert.equal(await top('January'), await top('February'));
        await tileOf(page, single[1]).focus();
        await page.keyboard.press('ArrowDown');
        const focused = () => page.evaluate(() => document.activeElement.dataset.media);
        await until(async () => ![undefined, single[1]].includes(await focused()), 'another has the focus');
        const below = await focused();
        const [before, after] = [await middleOf(tileOf(page, single[1])), await middleOf(tileOf(page, below))];
        assert.ok(after.y > before.y && Math.abs(after.x - before.x) < before.width, 'the one below it');
        await page.keyboard.press('ArrowUp');
        await until(async () => await focused() !== below, 'it is one above it');
        assert.ok((await middleOf(tileOf(page, await focused()))).y < after.y);

        const jump = page.getByLabel('Jump to a month');
        await jump.selectOption('2020-02');
        assert.equal(await jump.inputValue(), '2020-02');
        await page.screenshot({ path: shotPath(`${size}-light-short-months`) });
        assert.deepEqual(complaints, []);
        await context.close();
    }
});

/** A gallery of some pictures in an order by hand. */
async function byHand(count) {
    const gallery = await createGallery(admin, 'By hand', { sort: 'MANUAL' });
    const { page, context } = await newPage(browser);
    const jpegs = [await drawn(page, 160, 120, '#7a9e7e'), await drawn(page, 120, 160, '#b05b7a')];
    const made = [];
    for (let at = 0; at < count; at++) {
        const taken = `2021-01-${String(at + 1).padStart(2, '0')}T12:00:00`;
        made.push(await upload(admin, gallery, `${at}.jpg`, noted(jpegs[at % 2], { taken, comment: `by hand ${gallery} ${at}` })));
    }
    await processed(admin, made);
    await context.close();
    return { gallery, made };
}

const orderOf = async gallery => (await admin('gallery-media', { id: gallery, first: 100 })).media.edges.map(({ node }) => node.id);

/** How often the page wrote an order. */
function counting(page) {
    let writes = 0;
    page.on('request', request => { writes += Number(/mutation ReorderMedia/.test(request.postData() ?? '')); });
    return () => writes;
}

test('pictures in an order by hand are dragged by the mouse, each time with one write', async () => {
    const { gallery, made: [a, b, c, d, e] } = await byHand(5);
    const { page, context, complaints } = await opened(DESKTOP, `/gallery/${gallery}`);
    const writes = counting(page);
    const drag = async (from, to, part) => {
        const [start, end] = [await middleOf(tileOf(page, from)), await middleOf(tileOf(page, to))];
        await page.mouse.move(start.x, start.y);
        await page.mouse.down();
        await page.mouse.move((start.x + end.x) / 2, start.y, { steps: 4 });
        await page.mouse.move(end.x + end.width * part, end.y, { steps: 4 });
    };
    await drag(a, c, 0.3);
    await page.screenshot({ path: shotPath('desktop-light-dragging') });
    await page.mouse.up();
    await until(async () => (await orderOf(gallery)).join() === [b, c, a, d, e].join(), 'the first is the third');
    assert.equal(new URL(page.url()).pathname, `/gallery/${gallery}`, 'no picture was opened');

    // Those that are selected go together.
    await page.getByRole('button', { name: 'Select', exact: true }).click();
    for (const id of [b, e]) await tileOf(page, id).click();
    await drag(e, c, 0.3);
    await page.mouse.up();
    await until(async () => (await orderOf(gallery)).join() === [c, b, e, a, d].join(), 'two were moved');

    // Escape leaves all as it was.
    await drag(c, d, 0.3);
    await page.keyboard.press('Escape');
    await page.mouse.up();
    assert.equal(writes(), 2);
    assert.deepEqual(await orderOf(gallery), [c, b, e, a, d]);
    assert.deepEqual(complaints, []);
    await context.close();
});

test('a finger drags a picture after a long press, and scrolls without one', async () => {
    const { gallery, made } = await byHand(4);
    const { page, context } = await opened(PHONE, `/gallery/${gallery}`);
    const writes = counting(page);
    const cdp = await context.newCDPSession(page);
    const touch = (type, points) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points });
    const [start, end] = [await middleOf(tileOf(page, made[0])), await middleOf(tileOf(page, made[3]))];
    await touch('touchStart', [start]);
    await selected(page, 1);
    for (let part = 1; part <= 5; part++) {
        await touch('touchMove', [{ x: start.x + (end.x + end.width * 0.3 - start.x) * part / 5, y: start.y + (end.y - start.y) * part / 5 }]);
    }
    await page.screenshot({ path: shotPath('phone-light-dragging') });
    await touch('touchEnd', []);
    await until(async () => (await orderOf(gallery)).at(-1) === made[0], 'the first is the last');
    assert.equal(writes(), 1);
    assert.equal(await page.evaluate(() => scrollY), 0);
    await context.close();
});

test('by the keyboard pictures are moved by buttons, which say where they are then', async () => {
    const { gallery, made: [a, b, c] } = await byHand(3);
    const { page, context } = await opened(DESKTOP, `/gallery/${gallery}`);
    const writes = counting(page);
    await tileOf(page, a).focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Further to the back' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('place 2 of 3').waitFor({ state: 'attached' });
    await page.keyboard.press('Enter');
    await page.getByText('place 3 of 3').waitFor({ state: 'attached' });
    assert.deepEqual(await orderOf(gallery), [b, c, a]);
    assert.equal(writes(), 2);
    await context.close();
});

test('a visitor drags nothing', async () => {
    const { gallery, made } = await byHand(3);
    const { page, context } = await newPage(browser);
    await signIn(page, mantel.url, 'family', `/gallery/${gallery}`);
    const writes = counting(page);
    const [start, end] = [await middleOf(tileOf(page, made[0])), await middleOf(tileOf(page, made[2]))];
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move(end.x, end.y, { steps: 6 });
    assert.equal(await page.locator('.held').count(), 0);
    await page.mouse.up();
    assert.equal(writes(), 0);
    await context.close();
});

test('places are a list to look through, and narrow what was found', async () => {
    await admin('update-media', { input: { id: ids[0], placeName: 'Lake Bled', caption: 'Boats' } });
    await admin('update-media', { input: { id: ids[1], placeName: 'Vienna', caption: 'Boats' } });
    await admin('update-media', { input: { id: single[0], placeName: 'Lake Bled' } });
    for (const [size, options] of [['phone', PHONE], ['desktop', DESKTOP]]) {
        const { page, context, complaints } = await newPage(browser, options);
        await signIn(page, mantel.url, 'family', '/search');
        await page.getByRole('link', { name: 'Vienna' }).waitFor();
        assert.equal(await page.getByRole('link', { name: 'Lake Bled' }).count(), 1);
        await page.screenshot({ path: shotPath(`${size}-light-places`) });
        await page.getByRole('link', { name: 'Lake Bled' }).click();
        await tileOf(page, single[0]).waitFor();
        assert.equal(await page.locator('[data-media]').count(), 2);
        await page.getByRole('searchbox').fill('boats');
        await page.getByRole('link', { name: 'Vienna' }).click();
        await until(async () => await page.locator('[data-media]').count() === 1, 'one of the two is left');
        await tileOf(page, ids[1]).waitFor();
        assert.deepEqual(complaints, []);
        await context.close();
    }
});
