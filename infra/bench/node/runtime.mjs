// The loop that AWS's managed runtime of Node.js runs a handler in, without anything else of it: it starts sooner.

import { request, Agent } from 'node:http';

import { handler } from './handler.mjs';

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, body) {
    return new Promise((resolve, reject) => {
        const sent = request({ hostname, port, method, path: `/2018-06-01/runtime/invocation/${path}`, agent }, response => {
            const chunks = [];
            response.on('data', chunk => chunks.push(chunk));
            response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
        });
        sent.on('error', reject);
        sent.end(body);
    });
}

for (;;) {
    const { headers, body } = await call('GET', 'next');
    const id = headers['lambda-runtime-aws-request-id'];
    try {
        await call('POST', `${id}/response`, JSON.stringify(await handler(JSON.parse(body), {}, () => {})));
    } catch (error) {
        await call('POST', `${id}/error`, JSON.stringify({ errorType: error.name, errorMessage: error.message }));
    }
}
