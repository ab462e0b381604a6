// What Lambda shows its functions: the Runtime API ("Using the Lambda runtime API for custom runtimes", AWS Lambda
// Developer Guide), for one process at a time.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const REMAINING_MS = 29_000;

/** Starts a function, and resolves when it asks for its first event. */
export async function startFunction({ command, args = [], env, stderr = 'inherit' }) {
    let waiting = null;
    let answered = null;
    let ready;
    const asked = new Promise(resolve => { ready = resolve; });
    const server = createServer((request, response) => {
        if (request.url === '/2018-06-01/runtime/invocation/next') {
            waiting = response;
            ready();
            return;
        }
        const chunks = [];
        request.on('data', chunk => chunks.push(chunk));
        request.on('end', () => {
            const at = performance.now();
            response.writeHead(202).end();
            const body = Buffer.concat(chunks).toString();
            if (request.url.endsWith('/response')) answered?.resolve({ at, body });
            else answered?.reject(new Error(`the function failed: ${body}`));
        });
    });
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
    const started = performance.now();
    const child = spawn(command, args, {
        env: {
            PATH: process.env.PATH,
            AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${server.address().port}`,
            AWS_LAMBDA_FUNCTION_NAME: 'bench',
            AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
            AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
            ...env,
        },
        stdio: ['ignore', 'ignore', stderr],
    });
    const ended = new Promise(resolve => child.once('exit', resolve));
    await Promise.race([asked, ended.then(code => { throw new Error(`${command} ended with ${code} before it was ready`); })]);
    const initMs = performance.now() - started;

    return {
        initMs,
        /** Sends one event, and gives the answer with the time until it came. */
        async invoke(event) {
            while (!waiting) await new Promise(resolve => setImmediate(resolve));
            const answer = new Promise((resolve, reject) => { answered = { resolve, reject }; });
            const response = waiting;
            waiting = null;
            const begun = performance.now();
            response.writeHead(200, {
                'content-type': 'application/json',
                'lambda-runtime-aws-request-id': randomUUID(),
                'lambda-runtime-deadline-ms': Date.now() + REMAINING_MS,
                'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:000000000000:function:bench',
            });
            response.end(JSON.stringify(event));
            const { at, body } = await answer;
            return { ms: at - begun, answer: JSON.parse(body) };
        },
        /** The most memory that it has had so far, in MB: Linux only. */
        peakMemoryMb() {
            const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
            return Number(/VmHWM:\s+(\d+) kB/.exec(status)[1]) / 1024;
        },
        async stop() {
            child.kill('SIGKILL');
            await ended;
            server.closeAllConnections();
            server.close();
        },
    };
}

/** A request to /graphql, as an HTTP API of API Gateway sends it (payload format 2.0). */
export function httpEvent(query, variables, token) {
    const headers = { 'content-type': 'application/json', accept: 'application/json', host: 'api.example.org' };
    if (token) headers.authorization = `Bearer ${token}`;
    return {
        version: '2.0',
        routeKey: 'ANY /graphql',
        rawPath: '/graphql',
        rawQueryString: '',
        headers,
        requestContext: {
            accountId: '000000000000', apiId: 'api', domainName: 'api.example.org', domainPrefix: 'api',
            http: { method: 'POST', path: '/graphql', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'bench' },
            requestId: 'bench', routeKey: 'ANY /graphql', stage: '$default',
            time: '01/Jan/2026:00:00:00 +0000', timeEpoch: 1767225600000,
        },
        body: JSON.stringify({ query, variables }),
        isBase64Encoded: false,
    };
}
