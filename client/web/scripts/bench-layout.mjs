// How long the layout of a large library takes: `node scripts/bench-layout.mjs [photos]`. None of its tasks may hold the page
// for 200 ms.

import { fileURLToPath } from 'node:url';

import { build } from 'vite';

const PHOTOS = Number(process.argv[2] ?? 50_000);
const MONTHS = 240;
const RUNS = 15;
const LIMIT_MS = 200;
const RATIOS = [4 / 3, 3 / 4, 3 / 2, 16 / 9, 9 / 16, 1, 5];

/** A module of the page, which Node cannot load as it is. */
async function load(path) {
  const { output } = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, minify: false, lib: { entry: fileURLToPath(new URL(path, import.meta.url)), formats: ['es'] } },
  }).then(results => results[0]);
  return import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
}

const { justify, rowAt } = await load('../src/media/layout.ts');
const measures = { width: 390, target: 125, gap: 3 };
const ratios = Float64Array.from({ length: PHOTOS }, (_, at) => RATIOS[(at * 7919) % RATIOS.length]);

function longest(run) {
  let most = 0;
  for (let at = 0; at < RUNS; at++) {
    const begin = performance.now();
    run();
    most = Math.max(most, performance.now() - begin);
  }
  return most;
}

const perMonth = Math.ceil(PHOTOS / MONTHS);
const tasks = {
  [`${PHOTOS} photos in one section`]: longest(() => justify(ratios, measures)),
  [`${PHOTOS} photos in ${MONTHS} months`]: longest(() => {
    for (let from = 0; from < PHOTOS; from += perMonth) justify(ratios.subarray(from, from + perMonth), measures);
  }),
  '10,000 looks for a row': longest(() => {
    const layout = justify(ratios, measures);
    for (let at = 0; at < 10_000; at++) rowAt(layout, at * layout.height / 10_000);
  }),
};

for (const [name, ms] of Object.entries(tasks)) console.log(`${name}: at most ${ms.toFixed(1)} ms`);
if (Object.values(tasks).some(ms => ms > LIMIT_MS)) {
  console.error(`A task took more than ${LIMIT_MS} ms.`);
  process.exitCode = 1;
}
