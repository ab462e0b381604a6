// Every screen, on a phone and on a desktop, light and dark: accessible, within its width, without a complaint; and a picture of
// each in shots/, to be looked at.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { signedIn } from './support/api.mjs';
import { DESKTOP, launch, NARROW, newPage, PHONE, shotPath, signIn } from './support/browser.mjs';
import { holds, settled, within } from './support/holds.mjs';
import { filled } from './support/library.mjs';
import { startMantel } from './support/mantel.mjs';

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

/** What stands at which address, and what shows that it is there. */
const SCREENS = () => [
    ['galleries', '/', page => page.getByText('Summer at the lake')],
    ['gallery', `/gallery/${library.summer}`, page => page.locator('[data-media]').first()],
    ['gallery-empty', `/gallery/${library.empty}`, page => page.getByText('Nothing yet')],
    ['viewer', `/gallery/${library.summer}/${library.photo}`, page => page.getByRole('dialog')],
    ['timeline', '/timeline', page => page.locator('[data-media]').first()],
    ['favourites', '/favourites', page => page.locator('[data-media]').first()],
    ['search', '/search?q=lake', page => page.getByText('Summer at the lake')],
    ['search-nothing', '/search?q=zebra', page => page.getByText(/Nothing (was )?found|No .*found|nothing/i).first()],
    ['activity', '/activity', page => page.getByRole('main').locator('li').first()],
    ['people', '/people', page => page.getByText('Aunt Ida').first()],
    ['trash', '/trash', page => page.getByText('IMG_1002.jpg').first()],
    ['links', '/links', page => page.getByText('Neighbours')],
    ['settings', '/settings', page => page.getByRole('heading', { level: 1 })],
    ['share', '/share', page => page.getByRole('heading', { level: 1 })],
    ['gone', '/nothing/here', page => page.getByText('There is nothing here')],
];

async function visit(page, prefix, check) {
    for (const [name, path, there] of SCREENS()) {
        await page.goto(mantel.url + path);
        await there(page).waitFor();
        await settled(page);
        await page.screenshot({ path: shotPath(`${prefix}-${name}`) });
        await check(page, `${prefix} ${name}`);
    }
}

for (const [size, options] of [['phone', PHONE], ['desktop', DESKTOP]]) {
    for (const colorScheme of ['light', 'dark']) {
        test(`every screen is accessible and within its width, ${size}, ${colorScheme}`, async () => {
            const { page, context, complaints } = await newPage(browser, { ...options, colorScheme });
            await page.goto(mantel.url);
            await page.getByText('Who are you?').waitFor();
            await page.screenshot({ path: shotPath(`${size}-${colorScheme}-sign-in`) });
            await holds(page, 'sign-in');
            await signIn(page, mantel.url, 'admin');
            await visit(page, `${size}-${colorScheme}`, holds);
            assert.deepEqual(complaints, []);
            await context.close();
        });
    }
}

test('a guest comes by a link, sees one gallery and nothing of the family', async () => {
    for (const [size, options] of [['phone', PHONE], ['desktop', DESKTOP]]) {
        const { page, context, complaints } = await newPage(browser, options);
        await page.goto(library.links.open);
        await page.getByRole('heading', { name: 'Summer at the lake' }).waitFor();
        await settled(page);
        assert.ok(!page.url().includes('#'), 'the token is gone from the address');
        await page.screenshot({ path: shotPath(`${size}-light-guest`) });
        await holds(page, 'guest');
        for (const text of ['How lovely!', 'Aunt Ida', 'Activity', 'Add pictures']) {
            assert.equal(await page.getByText(text).count(), 0, text);
        }
        await page.reload();
        await page.getByRole('heading', { name: 'Summer at the lake' }).waitFor();
        assert.deepEqual(complaints, []);
        await context.close();
    }
});

test('a link with a password asks for it, and says when it is wrong', async () => {
    const { page, context } = await newPage(browser, PHONE);
    await page.goto(library.links.locked);
    await page.getByLabel('Password').fill('wrong');
    await page.getByLabel('Password').press('Enter');
    await page.locator('.mistake').waitFor();
    await holds(page, 'guest password');
    await page.getByLabel('Password').fill('open sesame');
    await page.getByLabel('Password').press('Enter');
    await page.getByRole('heading', { name: 'Summer at the lake' }).waitFor();
    await context.close();
});

test('a link that is over has a page that says so', async () => {
    for (const url of [library.links.revoked, `${mantel.url}/s#nonsense`, `${mantel.url}/s`]) {
        const { page, context } = await newPage(browser, PHONE);
        await page.goto(url);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await settled(page);
        assert.equal(await page.locator('[data-media]').count(), 0);
        await page.screenshot({ path: shotPath('phone-light-link-over') });
        await holds(page, url);
        await context.close();
    }
});

test('nothing is wider than a narrow phone, in German, and from right to left', async () => {
    for (const language of ['en', 'de', 'ar-XB']) {
        const { page, context, complaints } = await newPage(browser, NARROW);
        await signIn(page, mantel.url, 'admin');
        await page.evaluate(language => localStorage.setItem('mantel.language', language), language);
        for (const [name, path] of SCREENS()) {
            await page.goto(mantel.url + path);
            await page.locator('h1, [role=dialog]').first().waitFor();
            await settled(page);
            await page.screenshot({ path: shotPath(`narrow-${language}-${name}`) });
            await within(page, `${language} ${name}`);
        }
        assert.equal(await page.evaluate(() => document.documentElement.dir), language === 'ar-XB' ? 'rtl' : 'ltr');
        assert.deepEqual(complaints, []);
        await context.close();
    }
});
