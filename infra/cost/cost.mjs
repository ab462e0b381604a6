// node cost.mjs [NAME=NUMBER]...: what Mantel costs on AWS in a month, as a table in Markdown.
//
// Numbers of family.json can be given anew by their path: node cost.mjs library.photos=50000 month.visits=300

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const read = path => readFileSync(new URL(path, import.meta.url), 'utf8');

/** Operations of clients with the capacity units that each was recorded to take, and whether it writes. */
export function recordedUnits(snapshot) {
    const lines = snapshot.split('\n').map(line => /^([A-Z]\w+) +\d+ +\d+ +(\d+\.\d) +\d+ +(.*)$/.exec(line)).filter(Boolean);
    return new Map(lines.map(([, name, units, calls]) => [
        name, { units: Number(units), writes: /PutItem|UpdateItem|TransactWriteItems|DeleteItem/.test(calls) },
    ]));
}

/** Capacity units that some operations take. Those of one that writes count as written, which costs more than reading. */
function unitsOf(operations, recorded) {
    const units = { reads: 0, writes: 0 };
    for (const [name, times] of Object.entries(operations)) {
        const operation = recorded.get(name);
        if (!operation) throw new Error(`no request units are recorded of an operation ${name}`);
        units[operation.writes ? 'writes' : 'reads'] += times * operation.units;
    }
    return units;
}

const sum = numbers => numbers.reduce((total, number) => total + number, 0);

/** What one family uses in a month. */
export function usage({ library, month, functions, stack }, recorded) {
    const gbSeconds = ({ memoryMb, ms }, times) => memoryMb / 1024 * ms / 1000 * times;
    const visit = unitsOf(month.ofAVisit, recorded);
    const upload = unitsOf({ ...month.ofAnUpload, ...month.tableCallsOfProcessingLike }, recorded);
    const uploads = month.newPhotos + month.newFilms;
    const apiRequests = month.visits * sum(Object.values(month.ofAVisit)) + uploads * sum(Object.values(month.ofAnUpload));
    const files = library.photos + library.films;
    const originalsGb = (library.photos * library.photoMb + library.films * library.filmMb) / 1024;
    const seenGb = month.visits / 1024 * (month.picturesSeenOfAVisit * month.pictureSeenMb
        + month.filmsSeenOfAVisit * library.filmToPlayMb + month.originalsOfAVisit * library.photoMb);
    return {
        originalsGb,
        files,
        derivedGb: (library.photos * library.picturesOfAPhotoMb + library.films * library.filmToPlayMb) / 1024,
        shareInUse: library.shareInUse,
        tableGb: files * library.recordKb / 1024 / 1024,
        tableReads: month.visits * visit.reads + uploads * upload.reads,
        tableWrites: month.visits * visit.writes + uploads * upload.writes,
        apiRequests,
        objectWrites: uploads * 4 + month.newFilms * 12,
        objectReads: uploads * 3 + month.visits * (month.picturesSeenOfAVisit + month.filmsSeenOfAVisit + month.originalsOfAVisit),
        backupWrites: uploads,
        events: uploads + month.newFilms,
        // Two queues are asked by Lambda every 20 seconds, by five pollers each.
        queueRequests: 2 * 5 * 3 * 60 * 24 * 30.4,
        functionRequests: apiRequests + uploads + month.newFilms + 30,
        gbSeconds: gbSeconds(functions.resolvers, apiRequests)
            + gbSeconds({ ...functions.resolvers, ms: functions.coldStartMs }, month.visits * functions.coldStartsOfAVisit)
            + gbSeconds(functions.processorPhoto, month.newPhotos) + gbSeconds(functions.processorFilm, month.newFilms)
            + gbSeconds(functions.backupDaily, 30.4),
        transferGb: seenGb,
        logGb: apiRequests * functions.logKbOfARequest / 1024 / 1024,
        // A metric costs for the hours in which it is told.
        metrics: stack.metrics * month.hoursInUse / 730,
        alarms: stack.alarms,
        dashboards: stack.dashboards,
    };
}

function transferred(gb, tiers) {
    let [cost, below] = [0, 0];
    for (const { upToGb, price } of tiers) {
        const within = Math.max(0, Math.min(gb, upToGb ?? Infinity) - below);
        cost += within * price;
        below = upToGb ?? Infinity;
    }
    return cost;
}

/** Dollars a month by what they are for. The free part of every month is that of one account, which all families share. */
export function monthly(used, families, prices, { watched }) {
    const all = Object.fromEntries(Object.entries(used).map(([name, amount]) => [name, amount * families]));
    const { storage, requests, watching, free } = prices;
    const beyond = (amount, allowance) => Math.max(0, amount - allowance);
    const inUse = used.shareInUse;
    const dear = inUse * storage.objectsUsedGbMonth + (1 - inUse) * storage.objectsArchivedGbMonth;
    const rows = {
        'originals': all.originalsGb * dear + all.files / 1000 * storage.objectsMonitoredPerThousand,
        'small pictures, films to play': all.derivedGb * storage.objectsUsedGbMonth,
        'backup': all.originalsGb * storage.backupGbMonth + all.backupWrites / 1000 * requests.backupWritesPerThousand,
        'requests to objects': all.objectWrites / 1000 * requests.objectWritesPerThousand
            + all.objectReads / 1000 * requests.objectReadsPerThousand,
        'pictures to the phones': transferred(beyond(all.transferGb, free.transferGb), prices.transferGb),
        'table': beyond(all.tableGb, free.tableGbMonth) * storage.tableGbMonth + all.tableGb * storage.tableRecoveryGbMonth
            + all.tableReads / 1e6 * requests.tableReadsPerMillion + all.tableWrites / 1e6 * requests.tableWritesPerMillion,
        'API Gateway': all.apiRequests / 1e6 * requests.gatewayPerMillion,
        'functions': beyond(all.functionRequests, free.functionRequests) / 1e6 * requests.functionPerMillion
            + beyond(all.gbSeconds, free.functionGbSeconds) * requests.functionGbSecond,
        'events and queues': all.events / 1e6 * requests.eventsPerMillion
            + beyond(all.queueRequests, free.queueRequests) / 1e6 * requests.queuePerMillion,
        'logs': beyond(all.logGb, free.logGb) * watching.logGb,
        'metrics, alarms, dashboards': watched
            ? beyond(all.metrics, free.metrics) * watching.metricMonth + beyond(all.alarms, free.alarms) * watching.alarmMonth
                + beyond(all.dashboards, free.dashboards) * watching.dashboardMonth
            : 0,
    };
    return { ...rows, total: sum(Object.values(rows)) };
}

function given(family, settings) {
    for (const setting of settings) {
        const [path, value] = setting.split('=');
        const names = path.split('.');
        const last = names.pop();
        const place = names.reduce((at, name) => at?.[name], family);
        if (typeof place?.[last] !== 'number' || !Number.isFinite(Number(value))) {
            throw new Error(`${setting}: give a number of family.json by its path, such as library.photos=50000`);
        }
        place[last] = Number(value);
    }
    return family;
}

const money = dollars => dollars.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

function table(used, prices) {
    const columns = [[1, true], [1_000, true], [1_000_000, true]].map(([families, watched]) => monthly(used, families, prices, { watched }));
    const lines = ['| dollars a month | one family | 1,000 families | a million families |', '|---|---:|---:|---:|'];
    for (const name of Object.keys(columns[0])) {
        const bold = name === 'total' ? '**' : '';
        lines.push(`| ${bold}${name}${bold} | ${columns.map(column => `${bold}${money(column[name])}${bold}`).join(' | ')} |`);
    }
    const each = columns.map((column, at) => money(column.total / [1, 1_000, 1_000_000][at]));
    lines.push(`| for each family | ${each.join(' | ')} |`);
    const bare = [1_000, 1_000_000].map(families => money(monthly(used, families, prices, { watched: false }).total / families));
    lines.push(`| for each, without metrics, alarms and dashboards of its own | | ${bare.join(' | ')} |`);
    return lines.join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const prices = JSON.parse(read('prices.json'));
    const recorded = recordedUnits(read('../../tests/snapshots/request_units.snap'));
    const family = given(JSON.parse(read('family.json')), process.argv.slice(2));
    console.log(`Prices of ${prices.date}, ${prices.region}, in ${prices.currency}.\n`);
    console.log(table(usage(family, recorded), prices));
}
