// Holds a running server against the audits of the npm package graphql-http: `node run.mjs http://127.0.0.1:8480/graphql`.
//
// Some audits ask for introspection, which is for people who are signed in. So it signs in as the family, with the
// password in MANTEL_FAMILY_PASSWORD, or with the one that `.ci/run` starts the server with.

import { serverAudits } from 'graphql-http';

import { signIn } from './server.mjs';

const url = process.argv[2];
if (!url) {
    console.error('usage: node run.mjs URL');
    process.exit(2);
}
const token = await signIn(url, 'VISITOR');
const fetchFn = (target, init = {}) =>
    fetch(target, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });

let passed = 0;
let failed = 0;
for (const { id, name, fn } of serverAudits({ url, fetchFn })) {
    const { status, reason } = await fn();
    if (status === 'ok') {
        passed += 1;
    } else {
        failed += 1;
        console.log(`${status}: ${id} ${name}: ${reason}`);
    }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
