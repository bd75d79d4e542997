import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { Worker } from 'node:worker_threads';
import type { Image } from '../dist/image.js';
import { createDetector, type Detector, type DetectorOptions, type Face } from '../dist/index.js';
import { cropped, grayPhoto } from './photo.js';

/** Makes a detector, and gives the threads that Node has started for it. */
export async function withThreads(
  options: DetectorOptions,
): Promise<{ detector: Detector; workers: Worker[] }> {
  const workers: Worker[] = [];
  const remember = (worker: Worker) => workers.push(worker);
  process.on('worker', remember);
  try {
    return { detector: await createDetector(options), workers };
  } finally {
    process.off('worker', remember);
  }
}

/** Asks for several images at once and overwrites each as soon as its call has returned. */
export async function assertCallsOverlap(asked: Detector, alone: Detector): Promise<void> {
  const photo = await grayPhoto('astronaut');
  const crops = [
    [0, 0, 512, 512],
    [150, 40, 150, 150],
    [100, 0, 300, 200],
    [160, 50, 60, 60],
  ] as const;
  const images = [...crops, ...crops].map((crop): Image => ({ ...cropped(photo, crop), format: 'gray' }));
  const expected = [];
  for (const image of images) expected.push(await alone.detect(image, { minNeighbors: 0 }));
  assert.ok(expected.flat().length > 100);
  const calls = images.map((image) => {
    const call = asked.detect(image, { minNeighbors: 0 });
    image.data.fill(0);
    return call;
  });
  assert.deepEqual(await Promise.all(calls), expected);
}

/** Closes a detector while it looks: what was asked before is answered, what is asked after is refused. */
export async function assertCloseWaits(detector: Detector, image: Image, found: Face): Promise<void> {
  const calls = [1, 2, 3].map(() => detector.detect(image, { minSize: 60 }));
  const closed = detector.close();
  await assert.rejects(detector.detect(image), { code: 'FACEPIPE_E_DETECTOR_CLOSED' });
  assert.deepEqual(await Promise.all(calls), [[found], [found], [found]]);
  await closed;
  await detector.close();
}

/** A program of its own that detects and never closes: what it prints. `before` may have an `onWarning`. */
export function runProgram(options: DetectorOptions, before = '', flags: readonly string[] = []): string {
  const program = `
    ${before}
    const { createDetector } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
    const image = { data: new Uint8Array(640 * 480).fill(9), width: 640, height: 480, format: 'gray' };
    try {
      const detector = await createDetector({
        ...${JSON.stringify(options)},
        ...(typeof onWarning === 'function' && { onWarning }),
      });
      const faces = await detector.detect(image);
      console.log(detector.threads, faces.length);
    } catch ({ code, message }) {
      console.log(code, message);
    }`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...flags, '--input-type=module', '--eval', program],
    { encoding: 'utf8', timeout: 300_000 },
  );
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

/** Forbids workers, among others. Node 20 calls it an experiment. */
const permission = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

/** Flags of a Node that may read files, and start nothing. */
export const noWorkers = [permission, '--allow-fs-read=*'];
