import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './median.js';
import { shown } from './peer.js';
import type { GrayPicture } from './picture.js';

const child = fileURLToPath(new URL('./start-child.js', import.meta.url));

const engines = ['facepipe', 'opencv-wasm', 'opencv-js'] as const;

/** Milliseconds, medians over processes; memory in bytes. */
export interface StartUp {
  imported: number;
  created: number;
  first: number;
  total: number;
  /** of the third to the eighth detection */
  warm: number;
  /** of the last third of them */
  steady: number;
  /** how much resident memory grew from before the import until the last detection */
  grown: number;
  faces: number[][];
}

interface Run extends Omit<StartUp, 'steady' | 'warm'> {
  times: number[];
}

interface StartOptions {
  cascade: string;
  processes: number;
  /** detections after the first one: so many at least, and for so many seconds */
  runs: number;
  seconds: number;
  node: string;
}

/** Starts each engine in so many fresh processes of `node`, in turns. @throws when they do not find the same faces */
export function measureStart(
  picture: GrayPicture,
  { cascade, processes, runs, seconds, node }: StartOptions,
): Map<string, StartUp> {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-start-'));
  const measured = new Map<string, Run[]>(engines.map((engine) => [engine, []]));
  try {
    const file = join(folder, 'picture.raw');
    writeFileSync(file, picture.data);
    const question = [file, picture.width, picture.height, cascade, runs, seconds].map(String);
    for (let turn = 0; turn < processes; turn++) {
      for (const [engine, done] of measured) {
        const { stdout, stderr, status } = spawnSync(node, [child, engine, ...question], {
          encoding: 'utf8',
          timeout: 120_000,
        });
        if (status !== 0) throw new Error(`${engine} failed: ${stderr}`);
        done.push(JSON.parse(stdout));
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const answers = new Set([...measured.values()].flat().map(({ faces }) => shown(faces)));
  if (answers.size !== 1) throw new Error(`not the same faces: ${[...answers].join(' | ')}`);
  const of = (done: Run[], key: 'imported' | 'created' | 'first' | 'total' | 'grown') =>
    median(done.map((run) => run[key]));
  return new Map(
    [...measured].map(([engine, done]) => [
      engine,
      {
        imported: of(done, 'imported'),
        created: of(done, 'created'),
        first: of(done, 'first'),
        total: of(done, 'total'),
        grown: of(done, 'grown'),
        warm: median(done.map(({ times }) => median(times.slice(1, 7)))),
        steady: median(done.map(({ times }) => median(times.slice(-Math.ceil(times.length / 3))))),
        faces: done[0]?.faces ?? [],
      },
    ]),
  );
}
