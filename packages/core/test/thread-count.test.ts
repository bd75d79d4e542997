import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { createDetector, type DetectorOptions } from '../dist/index.js';
import { noWorkers, runProgram } from './thread-program.js';

test('auto is one thread for each core, 4 at most, and one where the engine has no more', async () => {
  for (const worker of [false, true]) {
    const warnings: unknown[] = [];
    const onWarning = (warning: unknown) => warnings.push(warning);
    const detector = await createDetector({ threads: 'auto', worker, onWarning });
    assert.equal(detector.threads, Math.min(availableParallelism(), 4));
    await detector.close();
    for (const engine of ['opencv', 'blaze'] as const) {
      const single = await createDetector({ engine, threads: 'auto', worker, onWarning });
      assert.equal(single.threads, 1);
      await single.close();
    }
    assert.deepEqual(warnings, []);
  }
});

test('other words than auto, and what is no function, are refused', async () => {
  for (const [options, message] of [
    [
      { threads: 'many' },
      'Expected integer from 1 to 64 or auto for threads but received many of type string.',
    ],
    [{ onWarning: 'console' }, 'Expected function for onWarning but received console of type string.'],
  ] as const) {
    for (const worker of [false, true]) {
      const wrong = { ...options, worker } as unknown as DetectorOptions;
      await assert.rejects(createDetector(wrong), { code: 'FACEPIPE_E_ARGUMENT', message });
    }
  }
});

const noMemory =
  'FACEPIPE_E_THREADS_UNAVAILABLE One thread searches alone (this runtime has no SharedArrayBuffer). Let simd-worker.js lie beside the module and let workers start, or leave out the option threads.';
const without = 'delete globalThis.SharedArrayBuffer;';

/** Tells what it is warned of, once for each warning. */
const told = 'const onWarning = ({ code, message }) => console.log(code, message);';

test('why one thread searches alone is said once, before the detector is there', () => {
  assert.equal(runProgram({ threads: 2 }, without + told), `${noMemory}\n1 0`);
  assert.match(
    runProgram({ threads: 3 }, told, noWorkers),
    /^FACEPIPE_E_THREADS_UNAVAILABLE One thread searches alone \([^()\n]+\)\. Let simd-worker\.js [^\n]+\n1 0$/,
  );
});

test('nobody is warned who asked for one thread, and nobody has to listen', () => {
  assert.equal(runProgram({ threads: 1 }, without + told), '1 0');
  assert.equal(runProgram({}, told, noWorkers), '1 0');
  assert.equal(runProgram({ threads: 2 }, without), '1 0');
});

test('a page that is not isolated is told which headers it needs', () => {
  assert.equal(
    runProgram({ threads: 2 }, `${without}globalThis.crossOriginIsolated = false;${told}`),
    'FACEPIPE_E_THREADS_UNAVAILABLE One thread searches alone (the page is not cross-origin isolated, so that its threads may not share memory). Serve the page with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or leave out the option threads.\n1 0',
  );
});

test('a warning can be thrown, which breaks no detector', () => {
  const listen = "process.on('uncaughtException', ({ name, code }) => console.log('uncaught', name, code));";
  const onWarning = 'const onWarning = (warning) => { throw warning; };';
  assert.equal(
    runProgram({ threads: 2 }, without + listen + onWarning),
    'uncaught FacepipeError FACEPIPE_E_THREADS_UNAVAILABLE\n1 0',
  );
});
