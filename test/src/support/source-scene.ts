import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Frame, openSource, type SourceOptions } from '@facepipe/edge/source';
import { until } from './until.js';

export const run = promisify(execFile);
const works = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;
export const skip = works('ffmpeg', '-version') ? false : 'ffmpeg is not installed: apt-get install ffmpeg';
export const skipPython = works('/usr/bin/python3', '-c', 'import cv2')
  ? false
  : 'OpenCV for Python is not installed: apt-get install python3-opencv';

export const photo = (name: string) =>
  fileURLToPath(new URL(`../../../packages/edge/photos/${name}`, import.meta.url));
export const root = await mkdtemp(join(tmpdir(), 'facepipe-source-'));
after(() => rm(root, { recursive: true, force: true }));
export const never: AbortSignal = new AbortController().signal;

/** Runs ffmpeg in the temporary folder. */
export async function ffmpeg(...args: string[]): Promise<void> {
  await run('ffmpeg', ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y', ...args], { cwd: root });
}

/** Ten pictures of the astronaut without loss, the last four of them slower. */
export async function clip(name: string): Promise<string> {
  const slower = "setpts='if(lt(N,6),N,N*3)/10/TB'";
  const input = ['-loop', '1', '-framerate', '10', '-i', photo('astronaut.png')];
  const codec = ['-c:v', 'ffv1', '-pix_fmt', 'bgr0'];
  await ffmpeg(
    ...input,
    '-frames:v',
    '10',
    '-vf',
    slower,
    '-vsync',
    'vfr',
    ...codec,
    '-f',
    'matroska',
    `file:${name}`,
  );
  return join(root, name);
}

export async function read(
  spec: string,
  options: SourceOptions = {},
  most = Number.POSITIVE_INFINITY,
): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of (await openSource(spec, options)).frames(never))
    if (frames.push(frame) === most) break;
  return frames;
}

/** Programs this process has started that still run. */
export const programs = () =>
  process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;

export const allEnded = () => until('every program has ended', () => programs() === 0);

export async function fails(
  promise: Promise<unknown>,
  code: string,
  exit: number,
  message = /./,
): Promise<void> {
  await assert.rejects(promise, (error: Error & { code?: string; exit?: number }) => {
    assert.deepEqual([error.code, error.exit], [code, exit], error.message);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /s3cret|\n/);
    return true;
  });
}
