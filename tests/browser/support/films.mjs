// Films to upload, made by ffmpeg where it is installed.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ffmpeg = process.env.MANTEL_FFMPEG ?? 'ffmpeg';

export const hasFfmpeg = spawnSync(ffmpeg, ['-version']).status === 0;

/** Makes an MP4 of a test picture with noise, so that it is large. Its index is at the front: so a player asks for the rest only when it seeks. */
export function film(seconds) {
    const folder = mkdtempSync(join(tmpdir(), 'film-'));
    const file = join(folder, 'film.mp4');
    try {
        const made = spawnSync(ffmpeg, [
            '-loglevel', 'error', '-f', 'lavfi', '-i', `testsrc=size=320x240:rate=10:duration=${seconds}`, '-vf', 'noise=alls=70:allf=t',
            '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '10', '-b:v', '2M', '-movflags', '+faststart', file,
        ]);
        if (made.status !== 0) throw new Error(`ffmpeg: ${made.stderr}`);
        return readFileSync(file);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}
