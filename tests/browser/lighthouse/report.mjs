// Lighthouse on a mantel of its own with a gallery of 1,000 pictures: `node report.mjs`, after `cargo build` and `npm ci` here and
// in the folder above.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { createGallery, signedIn } from '../support/api.mjs';
import { launch, newPage } from '../support/browser.mjs';
import { fill } from '../support/fill.mjs';
import { PASSWORDS, startMantel } from '../support/mantel.mjs';

const PICTURES = Number(process.env.PICTURES ?? 1000);
const MONTHS = 20;

const mantel = await startMantel();
const browser = await launch();
let code = 1;
try {
    const admin = await signedIn(mantel.url, 'admin');
    const gallery = await createGallery(admin, 'Twenty months');
    const { page } = await newPage(browser);
    await fill(admin, page, gallery, PICTURES, MONTHS);
    await browser.close();
    const run = fileURLToPath(new URL('run.mjs', import.meta.url));
    code = await new Promise(resolve => {
        spawn(process.execPath, [run, mantel.url, gallery, PASSWORDS.family], { stdio: 'inherit' }).on('exit', resolve);
    });
} finally {
    await browser.close();
    await mantel.stop();
}
process.exit(code ?? 1);
