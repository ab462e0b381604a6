// Whoever wants things to stay calm gets no motion.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { createGallery, signedIn } from './support/api.mjs';
import { DESKTOP, launch, newPage, PHONE, signIn } from './support/browser.mjs';
import { fill } from './support/fill.mjs';
import { startMantel } from './support/mantel.mjs';
import { untilLoaded } from './support/wait.mjs';

const LONGEST_MS = 100;

let mantel;
let browser;
let gallery;
let ids;
before(async () => {
    mantel = await startMantel();
    browser = await launch();
    const admin = await signedIn(mantel.url, 'admin');
    gallery = await createGallery(admin, 'Calm');
    const { page, context } = await newPage(browser);
    ids = await fill(admin, page, gallery, 6);
    await context.close();
});
after(async () => {
    await browser?.close();
    await mantel?.stop();
});

/** Notes what moves, from the first moment on: transitions and animations, of style sheets and of scripts. */
async function watched(context) {
    await context.addInitScript(longest => {
        window.moved = [];
        const note = (what, duration, element) => {
            // That something is going on must be seen: it turns slowly.
            if (duration > longest && !element.matches?.('.spinner')) window.moved.push(`${what} of ${element.className || element.tagName}: ${duration} ms`);
        };
        const animate = Element.prototype.animate;
        Element.prototype.animate = function (frames, options) {
            note('animate()', typeof options === 'number' ? options : Number(options?.duration ?? 0), this);
            return animate.call(this, frames, options);
        };
        for (const name of ['transitionrun', 'animationstart']) {
            addEventListener(name, ({ target }) => {
                for (const animation of target.getAnimations()) note(name, animation.effect.getComputedTiming().activeDuration, target);
            }, true);
        }
        const look = () => {
            for (const animation of document.getAnimations()) note('runs', animation.effect.getComputedTiming().activeDuration, animation.effect.target);
            requestAnimationFrame(look);
        };
        look();
    }, LONGEST_MS);
}

/** From the galleries into one, to a picture and the next one, its details, and back. */
async function tour(page) {
    await signIn(page, mantel.url, 'family');
    const card = page.getByRole('link', { name: /Calm/ });
    await untilLoaded(card.locator('img'));
    await card.hover();
    await card.click();
    const tile = page.locator(`[data-media="${ids[0]}"]`);
    await untilLoaded(tile.locator('img'));
    await tile.hover();
    await tile.click();
    const viewer = page.locator('dialog.viewer');
    await untilLoaded(viewer.locator('[data-current] img'));
    await viewer.getByRole('button', { name: 'Next picture' }).waitFor({ state: 'attached' });
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(`**/${ids[1]}`);
    await page.keyboard.press('+');
    await page.keyboard.press('0');
    await viewer.getByRole('button', { name: 'Details' }).click();
    await viewer.getByRole('complementary').waitFor();
    await viewer.getByRole('button', { name: 'Close the details' }).click();
    await viewer.getByRole('button', { name: 'Close the picture' }).click();
    await viewer.waitFor({ state: 'detached' });
    await tile.waitFor();
    return page.evaluate(() => [...new Set(window.moved)]);
}

for (const [name, options] of [['a phone', PHONE], ['a desktop', DESKTOP]]) {
    test(`on ${name} nothing moves for longer than ${LONGEST_MS} ms for whoever wants less motion`, async () => {
        const { page, context, complaints } = await newPage(browser, { ...options, reducedMotion: 'reduce' });
        await watched(context);
        assert.deepEqual(await tour(page), []);
        assert.deepEqual(complaints, []);
        await context.close();
    });
}

test('for all others things move, so that the tests before would see it', async () => {
    const { page, context } = await newPage(browser, { ...DESKTOP, reducedMotion: 'no-preference' });
    await watched(context);
    const moved = await tour(page);
    assert.ok(moved.some(text => text.startsWith('animate()')), moved.join('\n'));
    assert.ok(moved.some(text => text.startsWith('transitionrun')), moved.join('\n'));
    await context.close();
});
