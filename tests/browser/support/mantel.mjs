// A mantel of its own: the real binary, on an empty folder.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PASSWORDS = { admin: 'the-admins-password', family: 'the-familys-password' };

const target = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL('../../../target', import.meta.url));
const binary = process.env.MANTEL ?? join(target, 'debug', 'mantel');
// Another build of the site than the one in the binary, while one works on it.
const client = process.env.CLIENT_DIR ? ['--client-dir', process.env.CLIENT_DIR] : [];
const START_MS = 60_000;

/** A port that nobody listens on. */
export function freePort() {
    return new Promise((resolve, reject) => {
        const server = createServer();
        server.on('error', reject);
        server.listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

/**
 * Starts mantel. `folder` goes on with the data of one that was stopped; `host` is the name by which browsers come;
 * `mediaUrl` is where they find files, where that is not mantel's own port.
 */
export async function startMantel({ folder = mkdtempSync(join(tmpdir(), 'mantel-')), ports, host = '127.0.0.1', mediaUrl, extra = [] } = {}) {
    const { site, media, aws } = ports ?? { site: await freePort(), media: await freePort(), aws: await freePort() };
    const args = [
        '--data', join(folder, 'data'), '--listen', `0.0.0.0:${site}`, '--media-listen', `0.0.0.0:${media}`,
        '--aws-listen', `127.0.0.1:${aws}`, '--public-url', `http://${host}:${site}`, ...client, ...extra,
        '--media-url', mediaUrl ?? `http://${host}:${media}`,
    ];
    const env = { ...process.env, MANTEL_ADMIN_PASSWORD: PASSWORDS.admin, MANTEL_FAMILY_PASSWORD: PASSWORDS.family };
    const child = spawn(binary, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise(resolve => child.once('exit', resolve));
    await started(child);
    return {
        url: `http://${host}:${site}`,
        media: `http://127.0.0.1:${media}`,
        folder,
        ports: { site, media, aws },
        async stop({ keep = false } = {}) {
            child.kill('SIGTERM');
            await ended;
            if (!keep) rmSync(folder, { recursive: true, force: true });
        },
    };
}

/** Resolves once it says that it can be stopped: then it can be used. */
function started(child) {
    return new Promise((resolve, reject) => {
        let said = '';
        const timer = setTimeout(() => fail('it took too long'), START_MS);
        const fail = why => {
            child.kill('SIGKILL');
            reject(new Error(`mantel did not start: ${why}\n${said}`));
        };
        const hear = chunk => {
            said += chunk;
            if (!said.includes('Stop with Ctrl-C')) return;
            clearTimeout(timer);
            resolve();
        };
        child.stdout.on('data', hear);
        child.stderr.on('data', hear);
        child.once('error', error => fail(error.message));
        child.once('exit', code => {
            clearTimeout(timer);
            fail(`it ended with ${code}`);
        });
    });
}
