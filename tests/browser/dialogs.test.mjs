// All that opens over a screen, on a phone and on a desktop, light and dark: accessible, within its width, and a picture of each.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { signedIn } from './support/api.mjs';
import { DESKTOP, launch, newPage, PHONE, shotPath, signIn } from './support/browser.mjs';
import { holds, settled } from './support/holds.mjs';
import { filled } from './support/library.mjs';
import { startMantel } from './support/mantel.mjs';
import { drawn, noted } from './support/pictures.mjs';

let mantel;
let browser;
let library;
before(async () => {
    mantel = await startMantel();
    browser = await launch();
    const { page, context } = await newPage(browser);
    await page.goto(mantel.url);
    library = await filled(await signedIn(mantel.url, 'admin'), await signedIn(mantel.url, 'family'), page);
    await context.close();
});
after(async () => {
    await browser?.close();
    await mantel?.stop();
});

const button = (page, name) => page.getByRole('button', { name, exact: true }).filter({ visible: true });

/** Begins to select in a gallery, and picks so many. */
async function select(page, count) {
    await button(page, 'Select').click();
    for (let at = 0; at < count; at++) await page.locator('[data-media]').nth(at).click();
    await button(page, 'Edit details').waitFor();
}

/** What opens, from which address, by what. */
const OPENED = () => [
    ['menu', '/', page => button(page, 'More').click()],
    ['new-gallery', '/', page => button(page, 'New gallery').click()],
    ['order', '/', page => button(page, 'Change the order').click()],
    ['access', `/gallery/${library.chosen}`, page => page.getByRole('button', { name: 'Who sees it' }).click()],
    ['access-adding', `/gallery/${library.chosen}`, async page => {
        await page.getByRole('button', { name: 'Who sees it' }).click();
        await button(page, 'Add people').click();
    }],
    ['share-link', `/gallery/${library.summer}`, page => button(page, 'Share link').click()],
    ['edit-gallery', `/gallery/${library.summer}`, page => button(page, 'Edit').click()],
    ['delete-gallery', `/gallery/${library.summer}`, async page => {
        await button(page, 'Edit').click();
        await button(page, 'Delete gallery').click();
    }],
    ['selecting', `/gallery/${library.summer}`, page => select(page, 3)],
    ['edit-one', `/gallery/${library.summer}`, async page => {
        await select(page, 1);
        await button(page, 'Edit details').click();
    }],
    ['edit-many', `/gallery/${library.summer}`, async page => {
        await select(page, 3);
        await button(page, 'Edit details').click();
        await page.getByText('Correct the clock of the camera').click();
    }],
    ['actions', `/gallery/${library.summer}`, async page => {
        await select(page, 1);
        await page.locator('.media-actions').getByRole('button', { name: 'More' }).click();
    }],
    ['move', `/gallery/${library.summer}`, async page => {
        await select(page, 2);
        await page.locator('.media-actions').getByRole('button', { name: 'More' }).click();
        await button(page, 'Move to another gallery').click();
    }],
    ['details', `/gallery/${library.summer}/${library.photo}`, async page => {
        await button(page, 'Details').click();
        await page.getByText('How lovely!').waitFor();
    }],
    ['viewer-more', `/gallery/${library.summer}/${library.photo}`, async page => {
        await page.locator('[data-current] img').first().waitFor();
        await button(page, 'More to do with this picture').click();
        // In sight, and not under the details.
        await button(page, 'Delete').click({ trial: true });
    }],
    ['invite', '/people', page => button(page, 'Invite somebody').click()],
    ['person', '/people', page => page.getByRole('button', { name: /Aunt Ida/ }).click()],
    ['new-link', '/links', page => button(page, 'New link').click()],
    ['empty-trash', '/trash', page => button(page, 'Empty the trash').click()],
    ['uploads', `/gallery/${library.empty}`, async (page, run) => {
        // In each run another one: a picture that is there already is not sent.
        const files = [['one.jpg', noted(await drawn(page, 320, 240, '#7a9e7e'), { comment: run })], ['broken.jpg', Buffer.from(`no picture ${run}`)]];
        await page.locator('input[type=file][accept]').first().setInputFiles(files.map(([name, buffer]) => ({ name, mimeType: 'image/jpeg', buffer })));
        await page.getByText('one.jpg').filter({ visible: true }).first().waitFor();
    }],
];

for (const [size, options] of [['phone', PHONE], ['desktop', DESKTOP]]) {
    for (const colorScheme of ['light', 'dark']) {
        test(`what opens over a screen is accessible and within its width, ${size}, ${colorScheme}`, async () => {
            const { page, context, complaints } = await newPage(browser, { ...options, colorScheme });
            await signIn(page, mantel.url, 'admin');
            const found = [];
            for (const [name, path, open] of OPENED()) {
                await page.goto(mantel.url + path);
                await page.locator('h1, dialog').first().waitFor();
                page.setDefaultTimeout(15_000);
                try {
                    await open(page, `${size} ${colorScheme}`);
                    await settled(page);
                    await page.screenshot({ path: shotPath(`${size}-${colorScheme}-over-${name}`) });
                    await holds(page, name);
                } catch (error) {
                    found.push(`${name}: ${error.message}`);
                }
            }
            assert.deepEqual(found, []);
            assert.deepEqual(complaints, []);
            await context.close();
        });
    }
}
