import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Detections } from '../support/detections.js';

// FACEPIPE_SOAK_CALLS=100000 is the long form
const calls = Number(process.env.FACEPIPE_SOAK_CALLS ?? 10_000);
const program = fileURLToPath(new URL('../support/detections.js', import.meta.url));

for (const threads of [1, 2]) {
  test(`${calls} detections by ${threads} thread${threads === 1 ? '' : 's'} leave memory flat`, async (t) => {
    // each thread's space for new objects else grows by some 10 MB once, sooner or later, and hides what leaks
    const args = ['--expose-gc', '--max-semi-space-size=1', program, String(calls), String(threads)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const found: Detections = JSON.parse(stdout);
    t.diagnostic(found.engine);
    assert.equal(found.threads, threads);
    assert.ok(
      found.faces > calls / 2,
      `${found.faces} faces: the pictures must have some, or none could leak`,
    );
    const [, half, , end] = found.quarters;
    assert.ok(half && end);
    const grown = (key: 'resident' | 'buffers') => (end[key] - half[key]) / 2 ** 20;
    t.diagnostic(`in the last half: resident ${grown('resident')} MB, buffers ${grown('buffers')} MB`);
    assert.ok(grown('resident') < 2, `resident memory grew by ${grown('resident').toFixed(1)} MB`);
    assert.ok(grown('buffers') < 1, `buffers grew by ${grown('buffers').toFixed(1)} MB`);
  });
}
