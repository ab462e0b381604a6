// Stands before the port of files, and lets connections go wrong as they do on phones.

import { createServer, request } from 'node:http';

/**
 * Hands requests on to `target` (`http://127.0.0.1:PORT`). `faults` are functions of a request, each used once, that answer
 * `{ status }`, `{ dropAfter: bytes }`, or nothing, to leave it to the next request.
 */
export async function startProxy(port, target) {
    const faults = [];
    const seen = [];
    const { hostname, port: to } = new URL(target);
    const server = createServer((incoming, answer) => {
        seen.push(`${incoming.method} ${incoming.url.split('?')[0]}`);
        const fault = nextFault(faults, incoming);
        if (fault?.status) {
            incoming.resume();
            answer.writeHead(fault.status, { 'access-control-allow-origin': incoming.headers.origin ?? '*' });
            return answer.end();
        }
        if (fault?.dropAfter !== undefined) return drop(incoming, fault.dropAfter);
        const outgoing = request({ host: hostname, port: to, path: incoming.url, method: incoming.method, headers: incoming.headers }, response => {
            answer.writeHead(response.statusCode, response.headers);
            response.pipe(answer);
        });
        outgoing.on('error', () => answer.destroy());
        answer.on('close', () => outgoing.destroy());
        incoming.pipe(outgoing);
    });
    await new Promise(resolve => server.listen(port, '127.0.0.1', resolve));
    return {
        faults,
        seen,
        stop: () => new Promise(resolve => {
            server.close(resolve);
            server.closeAllConnections();
        }),
    };
}

function nextFault(faults, incoming) {
    for (const [at, fault] of faults.entries()) {
        const found = fault(incoming);
        if (found) {
            faults.splice(at, 1);
            return found;
        }
    }
    return null;
}

/** Breaks the connection in the middle of what comes. */
function drop(incoming, after) {
    let received = 0;
    incoming.on('data', chunk => {
        received += chunk.length;
        if (received >= after) incoming.socket.destroy();
    });
}
