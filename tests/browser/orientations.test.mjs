// Pictures of cameras that were held otherwise: upright, wherever they are shown.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { createGallery, processed, signedIn } from './support/api.mjs';
import { DESKTOP, launch, newPage, shotPath, signIn } from './support/browser.mjs';
import { startMantel } from './support/mantel.mjs';
import { drawn, noted } from './support/pictures.mjs';
import { pixelsOf } from './support/pixels.mjs';
import { until, untilLoaded } from './support/wait.mjs';

// Where the quarters of a picture that is stored as red, green / blue, white are to be seen: EXIF 2.32, 4.6.4, tag 0x0112.
const UPRIGHT = {
    1: ['red', 'green', 'blue', 'white'],
    2: ['green', 'red', 'white', 'blue'],
    3: ['white', 'blue', 'green', 'red'],
    4: ['blue', 'white', 'red', 'green'],
    5: ['red', 'blue', 'green', 'white'],
    6: ['blue', 'red', 'white', 'green'],
    7: ['white', 'green', 'blue', 'red'],
    8: ['green', 'white', 'red', 'blue'],
};
const nameOf = orientation => `orientation-${orientation}.jpg`;
const orientations = Object.keys(UPRIGHT).map(Number);

let mantel;
let browser;
let blank;
let page;
let complaints;
let gallery;
/** Ids by orientation. */
const ids = {};
before(async () => {
    mantel = await startMantel();
    browser = await launch();
    blank = (await newPage(browser)).page;
    const admin = await signedIn(mantel.url, 'admin');
    gallery = await createGallery(admin, 'Held otherwise');
    ({ page, complaints } = await newPage(browser, DESKTOP));
    await signIn(page, mantel.url, 'admin', `/gallery/${gallery}`);
    await add(admin);
});
after(async () => {
    await browser?.close();
    await mantel?.stop();
});

/** Uploads them as a person does: by the button of the page. */
async function add(admin) {
    const jpeg = await drawn(blank, 480, 320);
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Add pictures' }).click();
    await (await choosing).setFiles(orientations.map(orientation => ({
        name: nameOf(orientation), mimeType: 'image/jpeg', buffer: noted(jpeg, { orientation }),
    })));
    const tiles = page.locator('.tile');
    await until(async () => (await tiles.count()) === orientations.length, 'eight tiles');
    const { media } = await admin('gallery', { id: gallery });
    for (const { node } of media.edges) ids[Number(/\d/.exec(node.fileName)[0])] = node.id;
    await processed(admin, Object.values(ids));
}

/** The name of a colour, however JPEG changed it a little. */
function named([red, green, blue]) {
    if (red > 190 && green > 190 && blue > 190) return 'white';
    if (red > 150 && green < 110 && blue < 110) return 'red';
    if (green > 140 && red < 110 && blue < 110) return 'green';
    if (blue > 150 && red < 110 && green < 120) return 'blue';
    return `rgb(${red}, ${green}, ${blue})`;
}

/** What is to be seen in the quarters of an element. */
async function quarters(element) {
    const pixels = await pixelsOf(blank, await element.screenshot({ animations: 'disabled' }));
    const colours = [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]].map(([x, y]) => named(pixels.at(x, y)));
    return { colours, isUpright: pixels.height > pixels.width };
}

for (const orientation of orientations) {
    test(`a picture with the EXIF orientation ${orientation} is upright in its gallery and when it is opened`, async () => {
        await page.goto(`${mantel.url}/gallery/${gallery}`);
        const tile = page.locator(`[data-media="${ids[orientation]}"]`);
        await tile.locator('img.shown').waitFor();
        assert.deepEqual(await quarters(tile), { colours: UPRIGHT[orientation], isUpright: orientation > 4 });

        await page.goto(`${mantel.url}/gallery/${gallery}/${ids[orientation]}`);
        const picture = page.locator('dialog.viewer [data-current] [data-zoom]');
        await untilLoaded(picture.locator('img:not(.arriving)'));
        // The preview has taken the place of the small picture.
        await until(async () => (await picture.locator('img').count()) === 1, 'the preview shows');
        if (orientation === 6) await page.screenshot({ path: shotPath('orientation-6') });
        assert.deepEqual(await quarters(picture), { colours: UPRIGHT[orientation], isUpright: orientation > 4 });
        assert.deepEqual(complaints, []);
    });
}
