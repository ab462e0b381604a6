// All of it without a mouse.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { createGallery, signedIn } from './support/api.mjs';
import { launch, newPage, shotPath } from './support/browser.mjs';
import { fill } from './support/fill.mjs';
import { PASSWORDS, startMantel } from './support/mantel.mjs';
import { until } from './support/wait.mjs';

const PICTURES = 12;

let mantel;
let browser;
let admin;
let gallery;
let ids;
before(async () => {
    mantel = await startMantel();
    browser = await launch();
    admin = await signedIn(mantel.url, 'admin');
    gallery = await createGallery(admin, 'By keys');
    const { page, context } = await newPage(browser);
    ids = await fill(admin, page, gallery, PICTURES);
    await context.close();
});
after(async () => {
    await browser?.close();
    await mantel?.stop();
});

/** What has the focus: how it is called, and whether one sees that it has it. */
const focused = page => page.evaluate(() => {
    const element = document.activeElement;
    const label = element.getAttribute('aria-label') ?? [...(element.labels ?? [])].map(label => label.textContent).join() ?? '';
    const outlined = [element, ...element.querySelectorAll('.frame')].some(one => {
        const { outlineStyle, outlineWidth } = getComputedStyle(one);
        return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    });
    const box = element.getBoundingClientRect();
    const isInSight = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return {
        tag: element.tagName,
        name: (label || element.textContent || '').trim(),
        media: element.dataset.media ?? null,
        // A dialog or the page itself gets the focus when it comes, so that one goes on from its beginning: it is no control.
        isControl: element.matches('a, button, input, select, textarea, video, summary, [role]'),
        outlined,
        isInSight,
    };
});

/** At every step something has the focus, and one sees what. */
async function checked(page, step) {
    const now = await focused(page);
    assert.notEqual(now.tag, 'BODY', `${step}: the focus is lost`);
    if (now.isControl) assert.ok(now.outlined && now.isInSight, `${step}: nothing shows that ${now.tag} “${now.name}” has the focus`);
    return now;
}

/** Presses a key. */
async function press(page, key) {
    await page.keyboard.press(key);
    return checked(page, key);
}

/** Goes on by the tabulator until something of that name has the focus. */
async function tabTo(page, name, key = 'Tab') {
    const passed = [];
    for (let presses = 0; presses < 60; presses++) {
        const now = await press(page, key);
        if (name instanceof RegExp ? name.test(now.name) : now.name === name) return now;
        passed.push(now.name);
    }
    throw new Error(`“${name}” is out of reach: ${passed.join(' → ')}`);
}

/** Waits until what has the focus is as it should be. */
async function untilFocused(page, condition, what) {
    await until(async () => condition(await focused(page)), what);
    return checked(page, what);
}

test('signing in, looking, liking, commenting, selecting and signing out need no mouse, and the focus is never lost', async () => {
    const { page, context, complaints } = await newPage(browser);
    await page.goto(mantel.url);
    await page.getByRole('button', { name: 'Family' }).waitFor();
    await tabTo(page, 'Family');
    await page.keyboard.press('Enter');
    await untilFocused(page, ({ tag }) => tag === 'INPUT', 'the password is asked for');
    await page.keyboard.type(PASSWORDS.family);
    await page.keyboard.press('Enter');

    await page.getByRole('link', { name: /By keys/ }).waitFor();
    await tabTo(page, /^By keys/);
    await page.keyboard.press('Enter');
    await page.locator(`[data-media="${ids[0]}"]`).waitFor();
    await until(async () => (await focused(page)).tag === 'MAIN', 'the gallery has the focus');

    // Over the tiles by arrows.
    for (let presses = 0; (await press(page, 'Tab')).media === null; presses++) assert.ok(presses < 20, 'the pictures are out of reach');
    assert.equal((await focused(page)).media, ids[0]);
    await page.keyboard.press('ArrowRight');
    await untilFocused(page, ({ media }) => media === ids[1], 'the second has the focus');
    await page.keyboard.press('End');
    await untilFocused(page, ({ media }) => media === ids.at(-1), 'the last has the focus');
    await page.keyboard.press('ArrowUp');
    await untilFocused(page, ({ media }) => media !== null && media !== ids.at(-1), 'one above has the focus');
    await page.keyboard.press('Home');
    await untilFocused(page, ({ media }) => media === ids[0], 'the first has the focus');

    await page.keyboard.press('Enter');
    const viewer = page.locator('dialog.viewer');
    await viewer.getByRole('button', { name: 'Next picture' }).waitFor();
    await untilFocused(page, ({ tag }) => tag === 'DIALOG', 'the picture has the focus');
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(`**/${ids[1]}`);
    await checked(page, 'the next picture');
    await tabTo(page, /^Like/);
    await page.keyboard.press('Space');
    await viewer.getByRole('button', { name: 'Like, 1 person likes it' }).waitFor();
    await checked(page, 'a like');
    await tabTo(page, 'Details');
    await page.keyboard.press('Enter');
    await viewer.getByRole('complementary').waitFor();
    await checked(page, 'details');
    await viewer.getByLabel('Your name').waitFor();
    await tabTo(page, 'Your name');
    await page.keyboard.type('Ida');
    await tabTo(page, 'Say something');
    await page.keyboard.type('All by keys');
    await page.keyboard.press('Control+Enter');
    await viewer.getByText('You write as Ida.').waitFor();
    await viewer.getByText('All by keys').waitFor();
    await until(async () => (await admin('media', { id: ids[1] })).commentCount === 1, 'the server has it');
    await checked(page, 'a comment');
    await page.screenshot({ path: shotPath('keyboard-viewer') });

    await page.keyboard.press('Escape');
    await viewer.waitFor({ state: 'detached' });
    await untilFocused(page, ({ media }) => media === ids[1], 'the picture that one looked at has the focus');

    await signOut(page);
    assert.deepEqual(complaints, []);
    await context.close();
});

async function signOut(page) {
    await tabTo(page, 'More', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    await tabTo(page, 'Sign out');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Family' }).waitFor();
}

test('pictures are selected and given back by keys', async () => {
    const { page, context, complaints } = await newPage(browser);
    await page.goto(`${mantel.url}/gallery/${gallery}`);
    await page.getByRole('button', { name: 'Admin' }).waitFor();
    await tabTo(page, 'Admin');
    await page.keyboard.press('Enter');
    await untilFocused(page, ({ tag }) => tag === 'INPUT', 'the password is asked for');
    await page.keyboard.type(PASSWORDS.admin);
    await page.keyboard.press('Enter');
    await page.locator(`[data-media="${ids[0]}"]`).waitFor();

    await tabTo(page, 'Select');
    await page.keyboard.press('Enter');
    await page.getByRole('toolbar').waitFor();
    await checked(page, 'select mode');
    for (let presses = 0; (await press(page, 'Tab')).media === null; presses++) assert.ok(presses < 20, 'the pictures are out of reach');
    await press(page, 'Space');
    await page.getByRole('status').getByText('1 selected').waitFor();
    const first = (await focused(page)).media;
    await page.keyboard.press('ArrowRight');
    await untilFocused(page, ({ media }) => media !== null && media !== first, 'the next has the focus');
    await press(page, 'Shift+Space');
    await page.getByRole('status').getByText('2 selected').waitFor();
    await tabTo(page, 'End selecting', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Select', exact: true }).waitFor();
    await checked(page, 'the end of selecting');
    await signOut(page);
    assert.deepEqual(complaints, []);
    await context.close();
});
