// Takes the pictures in docs/screenshots anew: `node screenshots.mjs`, after `cargo build`. The library is the one of `--demo`.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { signedIn } from './support/api.mjs';
import { DESKTOP, launch, newPage, signIn } from './support/browser.mjs';
import { startMantel } from './support/mantel.mjs';

const folder = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));
/** Those that the README shows; of all others there are the sheets. */
const KEPT = ['desktop-light-gallery', 'desktop-light-details', 'phone-light-galleries', 'phone-dark-gallery', 'phone-dark-viewer'];
const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1 };

const mantel = await startMantel({ extra: ['--demo'] });
const browser = await launch();
try {
    const does = await signedIn(mantel.url, 'admin');
    const places = await prepared(does);
    for (const [size, options] of [['phone', PHONE], ['desktop', DESKTOP]]) {
        for (const colorScheme of ['light', 'dark']) {
            const shots = await all(places, { ...options, colorScheme });
            for (const [name, bytes] of shots) {
                if (KEPT.includes(`${size}-${colorScheme}-${name}`)) writeFileSync(`${folder}${size}-${name}.jpg`, bytes);
            }
            writeFileSync(`${folder}all-${size}-${colorScheme}.jpg`, await sheet(shots, size));
        }
    }
} finally {
    await browser.close();
    await mantel.stop();
}

/** Something for every screen to show. */
async function prepared(does) {
    const galleries = (await does('galleries')).edges.map(edge => edge.node);
    const sea = galleries.find(gallery => gallery.title.includes('sea')).id;
    const media = (await does('gallery', { id: sea })).media.edges.map(edge => edge.node);
    for (const { id } of media.slice(0, 3)) await does('like-media', { input: { mediaId: id } });
    await does('delete-media', { input: { ids: [media.at(-1).id] } });
    await does('create-share-link', { input: { galleryId: sea, label: 'Neighbours', allowDownload: true } });
    const guest = (await does('create-share-link', { input: { galleryId: sea, label: 'Friends from the beach' } })).shareLink.url;
    return { sea, picture: media[1].id, guest };
}

async function all({ sea, picture, guest }, options) {
    const { page, context } = await newPage(browser, options);
    const shots = [];
    const take = async (name, path, ready) => {
        if (path) await page.goto(path.startsWith('http') ? path : mantel.url + path);
        await ready();
        await still(page);
        shots.push([name, await page.screenshot({ type: 'jpeg', quality: 82 })]);
    };
    const tiles = () => page.locator('[data-media]').first().waitFor();
    const heading = () => page.getByRole('heading', { level: 1 }).waitFor();
    await take('sign-in', '/', () => page.getByText('Who are you?').waitFor());
    await signIn(page, mantel.url, 'admin');
    await take('galleries', '/', () => page.getByText('Two weeks at the sea').waitFor());
    await take('gallery', `/gallery/${sea}`, tiles);
    await take('viewer', `/gallery/${sea}/${picture}`, () => page.waitForFunction(() => [...document.querySelectorAll('dialog img')].some(image => image.complete && image.naturalWidth > 600)));
    await take('details', null, () => page.getByRole('button', { name: 'Details' }).click());
    for (const [name, path, ready] of [
        ['timeline', '/timeline', tiles], ['favourites', '/favourites', tiles], ['search', '/search?q=parasol', tiles],
        ['activity', '/activity', () => page.getByRole('main').locator('li').first().waitFor()],
        ['people', '/people', () => page.getByText('Grandma').first().waitFor()], ['links', '/links', () => page.getByText('Neighbours').waitFor()],
        ['trash', '/trash', heading], ['settings', '/settings', heading], ['graphiql', '/graphiql', () => page.locator('.graphiql-execute-button').waitFor()],
    ]) await take(name, path, ready);
    await context.close();
    const visit = await newPage(browser, options);
    await visit.page.goto(guest);
    await visit.page.locator('[data-media]').first().waitFor();
    await still(visit.page);
    shots.push(['guest', await visit.page.screenshot({ type: 'jpeg', quality: 82 })]);
    await visit.context.close();
    return shots;
}

function still(page) {
    return page.waitForFunction(() => [...document.images].every(image => image.complete || image.getBoundingClientRect().top > innerHeight)
        && !document.getAnimations().some(animation => animation.playState === 'running')
        && ![...document.querySelectorAll('.spinner')].some(spinner => spinner.getBoundingClientRect().width > 0));
}

/** All of them on one page, with their names. */
async function sheet(shots, size) {
    const columns = size === 'phone' ? 8 : 4;
    const page = await browser.newPage({ viewport: { width: 1600, height: 800 } });
    const figures = shots.map(([name, bytes]) => `<figure><img src="data:image/jpeg;base64,${bytes.toString('base64')}"><figcaption>${name}</figcaption></figure>`);
    await page.setContent(`<style>body{margin:12px;display:grid;grid-template-columns:repeat(${columns},1fr);gap:12px;font:13px sans-serif;background:#8b8b8b;color:#fff}
        figure{margin:0}img{width:100%;display:block;border-radius:4px}</style>${figures.join('')}`);
    await page.waitForFunction(() => [...document.images].every(image => image.complete));
    const bytes = await page.screenshot({ type: 'jpeg', quality: 78, fullPage: true });
    await page.close();
    return bytes;
}
