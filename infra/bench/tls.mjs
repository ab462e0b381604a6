// TLS before a plain server, as AWS has it: a certificate that is made for the run, and a proxy in a process of its own.

import { execFileSync, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A certificate for `localhost` in a folder. Needs openssl. */
export function makeCertificate(folder) {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    execFileSync('openssl', [
        'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj', '/CN=localhost',
        '-addext', 'subjectAltName=DNS:localhost', '-addext', 'basicConstraints=critical,CA:FALSE', '-keyout', key, '-out', certificate,
    ], { stdio: 'ignore' });
    return { key, certificate };
}

/** Starts a proxy to a port of this machine, and gives its own port. */
export async function startProxy({ key, certificate }, to, port = 0) {
    const child = fork(fileURLToPath(import.meta.url), [key, certificate, `${to}`, `${port}`]);
    const listening = await new Promise((resolve, reject) => {
        child.once('message', resolve);
        child.once('exit', () => reject(new Error('the proxy did not start')));
    });
    return { port: listening, stop: () => child.kill('SIGKILL') };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const [key, certificate, to, port] = process.argv.slice(2);
    const agent = new Agent({ keepAlive: true });
    const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (incoming, outgoing) => {
        const { method, url: path, headers } = incoming;
        const passed = request({ host: '127.0.0.1', port: to, method, path, headers, agent }, answer => {
            outgoing.writeHead(answer.statusCode, answer.headers);
            answer.pipe(outgoing);
        });
        passed.on('error', () => outgoing.destroy());
        incoming.pipe(passed);
    });
    server.keepAliveTimeout = 60_000;
    server.listen(Number(port), '127.0.0.1', () => process.send(server.address().port));
}
