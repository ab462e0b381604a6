// Waiting for what no locator tells.

/** Resolves once a condition is true. `what` says what was waited for. */
export async function until(condition, what, ms = 60_000) {
    const end = Date.now() + ms;
    while (!(await condition())) {
        if (Date.now() > end) throw new Error(`it did not come about: ${what}`);
        await new Promise(resolve => setTimeout(resolve, 50));
    }
}

/** Waits until the pictures in an element have come. */
export const untilLoaded = images => until(
    () => images.evaluateAll(all => all.length > 0 && all.every(image => image.complete && image.naturalWidth > 0)),
    'the picture is there',
);
