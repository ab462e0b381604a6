// How much a phone has to load.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { launch, newPage, signIn } from './support/browser.mjs';
import { startMantel } from './support/mantel.mjs';

const web = fileURLToPath(new URL('../../client/web/', import.meta.url));
const dist = process.env.CLIENT_DIR ?? `${web}dist`;
const FIRST_LOAD_KB = 40;
// Both languages and everything for admins among it. The aim is 90: see CONTRIBUTING.md.
const WHOLE_APP_KB = 165;
const RUNTIME_PACKAGES = 3;

const kb = bytes => bytes / 1024;
const gzipped = bytes => gzipSync(bytes, { level: 9 }).length;

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

/** Scripts and styles that a page asked for, gzipped, until nothing more came. */
function counting(page) {
    const files = new Map();
    page.on('response', async response => {
        const { pathname } = new URL(response.url());
        if (/\.(js|css)$/.test(pathname) && !pathname.endsWith('/sw.js')) files.set(pathname, gzipped(await response.body()));
    });
    return () => [...files.values()].reduce((total, size) => total + size, 0);
}

test(`what the first page loads is at most ${FIRST_LOAD_KB} KB of scripts and styles`, async () => {
    // Without a service worker, which fetches everything for later.
    const { page, context } = await newPage(browser, { viewport: { width: 390, height: 844 }, serviceWorkers: 'block' });
    const total = counting(page);
    await page.goto(mantel.url, { waitUntil: 'networkidle' });
    const signInKb = kb(total());
    await context.close();

    const again = await newPage(browser, { viewport: { width: 390, height: 844 }, serviceWorkers: 'block' });
    await signIn(again.page, mantel.url, 'family');
    const fresh = counting(again.page);
    await again.page.goto(mantel.url, { waitUntil: 'networkidle' });
    const galleriesKb = kb(fresh());
    await again.context.close();

    console.log(`first load: sign-in ${signInKb.toFixed(1)} KB, galleries ${galleriesKb.toFixed(1)} KB gzipped`);
    assert.ok(signInKb > 5 && signInKb <= FIRST_LOAD_KB, `sign-in: ${signInKb}`);
    assert.ok(galleriesKb > 5 && galleriesKb <= FIRST_LOAD_KB, `galleries: ${galleriesKb}`);
});

test(`the whole app is at most ${WHOLE_APP_KB} KB`, () => {
    const files = readdirSync(dist, { recursive: true }).filter(file => /\.(js|css)$/.test(file));
    // Everyone has one language: the texts of the other are not loaded. Both are counted all the same.
    const whole = kb(files.reduce((total, file) => total + gzipped(readFileSync(`${dist}/${file}`)), 0));
    console.log(`whole app: ${whole.toFixed(1)} KB gzipped in ${files.length} files`);
    assert.ok(whole > 20 && whole <= WHOLE_APP_KB, `${whole}`);
});

test(`it is made of at most ${RUNTIME_PACKAGES} packages of others`, () => {
    const { dependencies } = JSON.parse(readFileSync(`${web}package.json`, 'utf8'));
    assert.ok(Object.keys(dependencies).length <= RUNTIME_PACKAGES, Object.keys(dependencies).join());
});
