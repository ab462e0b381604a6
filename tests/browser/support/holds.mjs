// What holds of every screen: it is accessible, and within its width.

import assert from 'node:assert/strict';

import AxeBuilder from '@axe-core/playwright';

/** Resolves once nothing is on its way that can be seen, and nothing moves. A stream of events stays open all the time. */
export async function settled(page) {
    await page.waitForFunction(() => {
        const inView = element => {
            const { top, bottom, width } = element.getBoundingClientRect();
            return width > 0 && bottom > 0 && top < innerHeight;
        };
        const moving = document.getAnimations().some(animation => animation.playState === 'running');
        const images = [...document.images].filter(inView);
        return !moving && images.every(image => image.complete) && ![...document.querySelectorAll('.spinner')].some(inView);
    });
}

export async function holds(page, name) {
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${name}: ${id}: ${html.slice(0, 160)} ${failureSummary?.split('\n')[1] ?? ''}`));
    assert.deepEqual(found, []);
    await within(page, name);
}

export async function within(page, name) {
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= window, `${name} is ${content} pixels wide in a window of ${window}`);
}
