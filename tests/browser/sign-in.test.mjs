// Signing in, staying signed in, and being shut out.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { signedIn, send } from './support/api.mjs';
import { launch, newPage, shotPath, signIn } from './support/browser.mjs';
import { PASSWORDS, startMantel } from './support/mantel.mjs';

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

test('a relative picks who they are, types one password, and stays signed in after a reload', async () => {
    const { page, context, complaints } = await newPage(browser);
    await signIn(page, mantel.url, 'family');
    await page.getByRole('heading', { name: 'Galleries', level: 1 }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Galleries', level: 1 }).waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
});

test('a session whose access token is refused is renewed without a word', async () => {
    const { page, context, complaints } = await newPage(browser);
    await signIn(page, mantel.url, 'family');
    // A token that has ended looks to the page like one that is refused.
    let refused = 0;
    await page.route('**/graphql', route => {
        if (refused === 0 && route.request().headers().authorization) {
            refused += 1;
            return route.fulfill({ status: 401, json: { errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] } });
        }
        return route.continue();
    });
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page.getByRole('heading', { name: 'Timeline', level: 1 }).waitFor();
    assert.equal(refused, 1);
    assert.deepEqual(complaints.filter(text => !text.includes('401')), []);
    await context.close();
});

test('whoever signs out everywhere is signed out here at the next request', async () => {
    const { page, context } = await newPage(browser);
    await signIn(page, mantel.url, 'family');
    const elsewhere = await signedIn(mantel.url, 'family');
    await elsewhere('sign-out', { input: { everywhere: true } });
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page.getByText('Your session has ended. Please sign in again.').waitFor();
    assert.equal(await page.evaluate(() => localStorage.getItem('mantel.refreshToken')), null);
    await context.close();
});

test('a visitor sees nothing that is for admins, and a forged request is refused', async () => {
    const places = ['People', 'Trash', 'Share links'];
    const admins = await newPage(browser);
    await signIn(admins.page, mantel.url, 'admin');
    await admins.page.getByRole('button', { name: 'New gallery' }).waitFor();
    await admins.page.getByRole('button', { name: 'More' }).click();
    for (const name of places) await admins.page.getByRole('link', { name }).waitFor();
    await admins.context.close();

    const { page, context } = await newPage(browser);
    await signIn(page, mantel.url, 'family');
    await page.getByText('As soon as somebody shares one with you').waitFor();
    assert.equal(await page.getByRole('button', { name: 'New gallery' }).count(), 0);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    for (const name of places) assert.equal(await page.getByRole('link', { name }).count(), 0, name);
    await page.goto(`${mantel.url}/trash`);
    await page.getByRole('heading', { name: 'There is nothing here', level: 1 }).waitFor();
    const family = await signedIn(mantel.url, 'family');
    await assert.rejects(
        send(mantel.url, 'mutation { createGallery(input: { title: "Mine" }) { gallery { id } } }', {}, family.session.accessToken),
        /FORBIDDEN/,
    );
    await context.close();
});

test('the first password of a shared account asks for one’s own name, and leaves the account its own', async () => {
    const admin = await signedIn(mantel.url, 'admin');
    const find = async () => (await admin('users', { first: 100 })).edges.map(({ node }) => node).find(({ role }) => role === 'VISITOR');
    const before = await find();
    const { temporaryPassword } = await admin('reset-user-password', { input: { userId: before.id } });
    const { page, context, complaints } = await newPage(browser);
    await page.goto(mantel.url);
    await page.getByRole('button', { name: 'Family' }).click();
    await page.getByLabel('Password').fill(temporaryPassword);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('It is the one by which all of you sign in').waitFor();
    await page.getByLabel('New password').fill(PASSWORDS.family);
    await page.getByLabel('Your name').fill('Aunt Ida');
    await page.screenshot({ path: shotPath('desktop-light-first-password') });
    await page.getByRole('button', { name: 'Save and go on' }).click();
    await page.getByRole('navigation').waitFor();
    assert.equal((await find()).displayName, before.displayName);
    await page.goto(`${mantel.url}/settings`);
    assert.equal(await page.getByLabel('Your name under comments').inputValue(), 'Aunt Ida');
    assert.deepEqual(complaints, []);
    await context.close();
});

// The last one: the account that it locks may be of no use for a while.
test('a wrong password is told where it was typed, and many of them lock the account for a while', async () => {
    const { page, context } = await newPage(browser);
    await page.goto(mantel.url);
    await page.getByRole('button', { name: 'Admin' }).click();
    const said = page.locator('.mistake');
    const texts = new Set();
    for (let attempt = 0; attempt < 8 && ![...texts].some(text => /wait|too many/i.test(text)); attempt++) {
        await page.getByLabel('Password').fill(`wrong ${attempt}`);
        // What is said may still be of the attempt before.
        const answered = page.waitForResponse(isSignIn);
        await page.getByRole('button', { name: 'Sign in', exact: true }).click();
        await answered;
        await page.locator('form [aria-busy]').waitFor({ state: 'detached' });
        await said.first().waitFor();
        texts.add(await said.first().textContent());
    }
    assert.match([...texts][0], /not right|wrong/i);
    assert.match([...texts].at(-1), /passes by itself, within 15 minutes/);
    assert.equal(await page.getByLabel('Password').getAttribute('aria-invalid'), 'true');
    await context.close();
});

const isSignIn = response => /mutation SignIn\b/.test(response.request().postData() ?? '');
