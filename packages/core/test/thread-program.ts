import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { Worker } from 'node:worker_threads';
import { createDetector, type Detector, type DetectorOptions } from '../dist/index.js';

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

/** A program of its own that detects and never closes: what it prints. */
export function runProgram(options: DetectorOptions, before = '', flags: readonly string[] = []): string {
  const program = `
    ${before}
    const { createDetector } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
    const detector = await createDetector(${JSON.stringify(options)}).catch(({ code, message }) => {
      console.log(code, message);
      process.exit();
    });
    const image = { data: new Uint8Array(640 * 480).fill(9), width: 640, height: 480, format: 'gray' };
    const faces = await detector.detect(image);
    console.log(detector.threads, faces.length);`;
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
