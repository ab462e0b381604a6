// Chromium, and pages that must not complain.

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { PASSWORDS } from './mantel.mjs';

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const NARROW = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

const shots = fileURLToPath(new URL('../shots/', import.meta.url));
mkdirSync(shots, { recursive: true });
export const shotPath = name => `${shots}${name}.png`;

export const launch = (args = []) => chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', ...args],
});

/** A page of a browser of its own. What it complains of is in `complaints`: errors, refusals of the security policy, dialogs. */
export async function newPage(browser, options = DESKTOP) {
    const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce', ...options });
    const page = await context.newPage();
    const complaints = [];
    page.on('pageerror', error => complaints.push(`error: ${error.message}`));
    page.on('console', message => {
        if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
    });
    page.on('dialog', dialog => {
        if (dialog.type() !== 'beforeunload') complaints.push(`dialog: ${dialog.message()}`);
        dialog.accept().catch(() => {});
    });
    await context.addInitScript(() => {
        addEventListener('securitypolicyviolation', event => {
            console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
        });
    });
    return { context, page, complaints };
}

/** Signs in by the page, as a person does. */
export async function signIn(page, url, who, path = '/') {
    await page.goto(url + path);
    await page.getByRole('button', { name: who === 'admin' ? 'Admin' : 'Family' }).click();
    await page.getByLabel('Password').fill(PASSWORDS[who]);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('navigation').waitFor();
}
