import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { monthly, recordedUnits, usage } from './cost.mjs';

const read = path => readFileSync(new URL(path, import.meta.url), 'utf8');
const family = () => JSON.parse(read('family.json'));
const prices = JSON.parse(read('prices.json'));
const recorded = recordedUnits(read('../../tests/snapshots/request_units.snap'));

test('a family stays under a dollar a month', () => {
    const { total } = monthly(usage(family(), recorded), 1, prices, { watched: true });
    assert.ok(total > 0.1 && total < 1, `${total}`);
});

test('the table in README.md is what the calculator gives', async () => {
    const { execFileSync } = await import('node:child_process');
    const printed = execFileSync(process.execPath, [new URL('cost.mjs', import.meta.url).pathname], { encoding: 'utf8' });
    assert.ok(read('README.md').includes(printed.trim()), 'run `node cost.mjs`, and put what it prints into README.md');
});

test('every operation that a visit has was recorded, and those that change something count as writes', () => {
    const snapshot = 'Viewer   0   1   1.0   0  1 GetItem\nLikeMedia   0   6   19.0   0  4 GetItem, 1 PutItem\n';
    assert.deepEqual([...recordedUnits(snapshot)], [
        ['Viewer', { units: 1, writes: false }],
        ['LikeMedia', { units: 19, writes: true }],
    ]);
    const odd = family();
    odd.month.ofAVisit = { Nothing: 1 };
    assert.throws(() => usage(odd, recorded), /no request units are recorded of an operation Nothing/);
});

test('transfer is paid by tiers, beyond what is free', () => {
    const only = gb => ({ ...Object.fromEntries(Object.keys(usage(family(), recorded)).map(name => [name, 0])), transferGb: gb });
    const cost = gb => monthly(only(gb), 1, prices, { watched: true })['pictures to the phones'];
    assert.equal(cost(100), 0);
    assert.ok(Math.abs(cost(100 + 10_240 + 10) - (10_240 * 0.09 + 10 * 0.085)) < 1e-6);
});

test('twice the photos cost more, for the originals twice as much', () => {
    const [once, twice] = [family(), family()];
    twice.library.photos *= 2;
    twice.library.films *= 2;
    const [less, more] = [once, twice].map(given => monthly(usage(given, recorded), 1, prices, { watched: true }));
    assert.ok(Math.abs(more.originals - 2 * less.originals) < 1e-9);
    assert.ok(more.total > less.total);
});
