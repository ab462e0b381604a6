// What admins look at: who did what, and what another person sees.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { signedIn } from './support/api.mjs';
import { DESKTOP, launch, newPage, PHONE, shotPath, signIn } from './support/browser.mjs';
import { filled } from './support/library.mjs';
import { startMantel } from './support/mantel.mjs';

let mantel;
let browser;
let admin;
let library;
before(async () => {
    mantel = await startMantel();
    browser = await launch();
    admin = await signedIn(mantel.url, 'admin');
    const { page, context } = await newPage(browser);
    await page.goto(mantel.url);
    library = await filled(admin, await signedIn(mantel.url, 'family'), page);
    await context.close();
});
after(async () => {
    await browser?.close();
    await mantel?.stop();
});

test('the log says by name what was changed, and leads there', async () => {
    const ida = (await admin('users', { first: 100 })).edges.map(({ node }) => node).find(({ displayName }) => displayName === 'Aunt Ida');
    await admin('set-gallery-access', { input: { galleryId: library.chosen, userId: ida.id, level: 'VIEW' } });
    for (const [size, options] of [['phone', PHONE], ['desktop', DESKTOP]]) {
        const { page, context, complaints } = await newPage(browser, options);
        await signIn(page, mantel.url, 'admin', '/settings');
        await page.getByText('Who did what').click();
        const line = page.getByRole('listitem').filter({ hasText: 'Changed who' }).first();
        await line.getByRole('link', { name: 'Only for some' }).waitFor();
        await page.getByRole('link', { name: 'Neighbours' }).or(page.getByRole('link', { name: 'Long over' })).first().waitFor();
        assert.equal(await page.getByText(/(gal|usr|med|com|lnk)_[0-9A-Za-z]/).count(), 0);
        await line.scrollIntoViewIfNeeded();
        await page.screenshot({ path: shotPath(`${size}-light-log`) });
        await line.getByRole('link', { name: 'Aunt Ida' }).click();
        await page.getByRole('dialog', { name: 'Aunt Ida' }).waitFor();
        assert.equal(new URL(page.url()).pathname, '/people');
        assert.deepEqual(complaints, []);
        await context.close();
    }
});

test('an admin looks into a gallery as another person, and sees by which rule each picture is seen', async () => {
    const family = (await admin('users', { first: 100 })).edges.map(({ node }) => node).find(({ role, email }) => role === 'VISITOR' && email === null);
    for (const [size, options] of [['phone', PHONE], ['desktop', DESKTOP]]) {
        const { page, context, complaints } = await newPage(browser, options);
        await signIn(page, mantel.url, 'admin', `/?as=${family.id}`);
        await page.getByText(`You see what ${family.displayName} sees`).waitFor();
        assert.equal(await page.getByText('Surprise for Grandma').count(), 0);
        await page.getByRole('link', { name: /Summer at the lake/ }).click();
        await page.locator('[data-media]').first().waitFor();
        for (const name of ['Select', 'Add pictures', 'Share link']) assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name);
        await page.screenshot({ path: shotPath(`${size}-light-as-person`) });
        await page.locator(`[data-media="${library.photo}"]`).click();
        const dialog = page.getByRole('dialog', { name: /The first morning/ });
        await dialog.getByText('because the gallery is for the whole family').waitFor();
        await page.screenshot({ path: shotPath(`${size}-light-as-person-picture`) });
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
        await page.getByText(`You see what ${family.displayName} sees`).waitFor();
        // What that person does not see is not shown by an address either.
        await page.goto(`${mantel.url}/?as=${family.id}&gallery=${library.secret}`);
        await page.getByRole('heading', { name: 'does not see this gallery' }).waitFor();
        assert.equal(await page.locator('[data-media]').count(), 0);
        assert.deepEqual(complaints, []);
        await context.close();
    }
});

test('who sees a gallery is changed at once, but nobody more without being asked', async () => {
    const { page, context, complaints } = await newPage(browser, PHONE);
    await signIn(page, mantel.url, 'admin', `/gallery/${library.secret}`);
    const visibility = async () => (await admin('gallery', { id: library.secret, first: 1 })).visibility;
    await page.getByRole('button', { name: 'Who sees it' }).click();
    const dialog = page.getByRole('dialog', { name: /Who sees/ });
    await dialog.getByRole('radio', { name: /The whole family/ }).check();
    const question = page.getByRole('dialog', { name: /to more people/ });
    await question.waitFor();
    await page.screenshot({ path: shotPath('phone-light-over-wider') });
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    assert.ok(await dialog.getByRole('radio', { name: /Only admins/ }).isChecked());
    assert.equal(await visibility(), 'PRIVATE');

    await dialog.getByRole('radio', { name: /The whole family/ }).check();
    await question.getByRole('button', { name: 'Show it' }).click();
    await page.getByText('The whole family sees it now.', { exact: true }).waitFor();
    assert.equal(await visibility(), 'FAMILY');
    // To show it to fewer is never asked.
    await dialog.getByRole('radio', { name: /Only admins/ }).check();
    await page.getByText('Only admins see it now.', { exact: true }).waitFor();
    assert.equal(await visibility(), 'PRIVATE');
    assert.deepEqual(complaints, []);
    await context.close();
});
