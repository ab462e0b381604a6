// GraphiQL, for whoever is signed in.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, newPage, shotPath, signIn } from './support/browser.mjs';
import { startMantel } from './support/mantel.mjs';

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

test('it runs an operation as whoever is signed in, and asks no other host', async () => {
    const { page, context, complaints } = await newPage(browser);
    const hosts = new Set();
    page.on('request', request => {
        if (!request.url().startsWith('data:')) hosts.add(new URL(request.url()).origin);
    });
    await signIn(page, mantel.url, 'admin');
    hosts.clear();
    await page.goto(`${mantel.url}/graphiql`);
    await page.locator('.graphiql-execute-button').waitFor();
    await page.locator('.graphiql-execute-button').click();
    // The editor shows what was answered as lines of coloured pieces.
    await page.waitForFunction(() => document.querySelector('.graphiql-response')?.textContent.includes('displayName'));
    await page.screenshot({ path: shotPath('desktop-light-graphiql') });
    assert.deepEqual([...hosts], [mantel.url]);
    assert.deepEqual(complaints, []);
    await context.close();
});

test('without a session it says so', async () => {
    const { page, context } = await newPage(browser);
    await page.goto(`${mantel.url}/graphiql`);
    await page.getByText('Nobody is signed in here.').waitFor();
    await context.close();
});
