import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { createDetector, type Image } from '../dist/index.js';
import { Coder } from '../dist/simd-coder.js';
import type { Task } from '../dist/simd-task.js';
import { Trial } from '../dist/simd-trial.js';
import { collectGarbage } from './collect-garbage.js';
import { adoptCode, hitsOf, openSearcher, readModel } from './kernel-hits.js';
import { grayPhoto } from './photo.js';
import { withThreads } from './thread-program.js';

const photo = await grayPhoto('astronaut');
const astronaut: Image = { ...photo, format: 'gray' };
const model = await readModel('haarcascade_frontalface_alt2');
const raw = { minNeighbors: 0, minSize: 30 };

test('code is made in the background once a cascade has been searched with for a while, and finds the same', async () => {
  const searcher = await openSearcher(model);
  const coder = new Coder();
  const hits = hitsOf(searcher, photo, raw);
  assert.notEqual(hits, '');
  await coder.after(searcher, 1);
  assert.equal(coder.code, undefined, 'a first picture is no reason');
  await coder.after(searcher, 1000);
  // a program that never lets the event loop turn but for this sees it, too
  for (let call = 0; call < 100_000 && !coder.code; call++) await coder.after(searcher, 1);
  assert.ok(coder.code, 'code was never ready');
  assert.equal(coder.code.width, searcher.width);
  for (let turn = 0; turn < 10; turn++) assert.equal(hitsOf(searcher, photo, raw), hits);
  const { code } = coder;
  await coder.after(searcher, 1000);
  assert.equal(coder.code, code, 'it is made once');
  coder.close();
  assert.equal(coder.code, undefined);
});

test('a wider picture has tables at first and then code of its own; about as wide ones have the same', async () => {
  const searcher = await openSearcher(model);
  const wide = (width: number) => ({ data: new Uint8Array(width * 60).fill(9), width, height: 60 });
  const [hits] = [hitsOf(searcher, photo, raw), await adoptCode(searcher)];
  const bytes = searcher.writeCode();
  assert.ok(bytes);
  hitsOf(searcher, wide(800), raw);
  assert.equal(hitsOf(searcher, photo, raw), hits);
  const wider = searcher.writeCode();
  assert.notDeepEqual(wider, bytes);
  assert.ok(await adoptCode(searcher));
  assert.equal(hitsOf(searcher, photo, raw), hits);
  const other = await openSearcher(model);
  hitsOf(other, wide(780), raw);
  assert.deepEqual(other.writeCode(), wider);
  // code of another width is not for it
  await other.adopt({ width: 64, module: await WebAssembly.compile(bytes) });
  assert.equal(hitsOf(other, photo, raw), hits);
});

test('LBP cascades and those with large windows have no code', async () => {
  for (const name of ['lbpcascade_frontalface', 'haarcascade_russian_plate_number']) {
    const searcher = await openSearcher(await readModel(name));
    hitsOf(searcher, photo, raw);
    assert.equal(searcher.writeCode(), undefined);
  }
});

test('code is tried by one short task a search, and used for a grid once it was faster there', () => {
  const task = (step: 1 | 2) => ({ step }) as Task;
  const [one, two, long] = [task(1), task(2), task(2)];
  const trial = new Trial();
  const search = (times: [Task, number, number][]) => {
    trial.beginSearch();
    return times.map(([task, byTables, byCode]) => {
      const uses = trial.usesCode(task);
      trial.note(task, uses, uses ? byCode : byTables);
      return uses;
    });
  };
  const slow: [Task, number, number][] = [
    [long, 4, 40],
    [two, 0.4, 4],
    [one, 0.3, 3],
  ];
  assert.deepEqual(search(slow), [false, false, false], 'nothing to compare with');
  assert.deepEqual(search(slow), [false, true, false]);
  assert.deepEqual(search(slow), [false, true, false]);
  const fast: [Task, number, number][] = [
    [long, 4, 3],
    [two, 0.4, 0.3],
    [one, 0.3, 0.2],
  ];
  assert.deepEqual(search(fast), [false, true, false]);
  assert.deepEqual(search(fast), [true, true, true]);
  assert.equal(trial.isOver, true);
  const patient = new Trial();
  assert.equal(patient.usesCode(long), false);
  patient.note(long, false, 1000);
  assert.equal(patient.usesCode(task(2)), true, 'what cannot be compared is not put off for ever');
});

/** Asks a detector for the photograph until a message to its thread holds code, and once more. */
async function untilSent(worker: Worker, detect: () => Promise<unknown>): Promise<boolean> {
  const post = worker.postMessage.bind(worker);
  let sent = 0;
  worker.postMessage = (message, ...rest) => {
    if (message.code) sent++;
    post(message, ...rest);
  };
  for (let call = 0; call < 2000 && sent === 0; call++) await detect();
  for (let call = 0; call < 5; call++) await detect();
  return sent === 1;
}

test('other threads get the code, once', async (t) => {
  const { detector, workers } = await withThreads({ threads: 2 });
  t.after(() => detector.close());
  const [worker] = workers;
  assert.ok(worker);
  const faces = await detector.detect(astronaut, raw);
  const same = async () => assert.deepEqual(await detector.detect(astronaut, raw), faces);
  assert.ok(await untilSent(worker, same));
});

/** Uses a detector until it has code, and closes it; `freed` hears of what is collected. */
async function useAndClose(freed: FinalizationRegistry<string>): Promise<void> {
  const { instantiate } = WebAssembly;
  let isCoded = false;
  WebAssembly.instantiate = async (...given) => {
    const instance = await instantiate(...given);
    const { memory } = instance.exports;
    isCoded ||= memory === undefined;
    freed.register((memory as object) ?? instance, memory ? 'memory' : 'code');
    return instance;
  };
  const detector = await createDetector();
  for (let call = 0; call < 2000 && !isCoded; call++) await detector.detect(astronaut);
  WebAssembly.instantiate = instantiate;
  assert.ok(isCoded);
  await detector.detect(astronaut);
  await detector.close();
}

test('a closed detector keeps neither its memory nor its code', {
  skip: collectGarbage ? false : 'this runtime shows no gc()',
}, async () => {
  const freed = new Set<string>();
  // itself collected, a registry tells nothing
  const registry = new FinalizationRegistry<string>((name) => freed.add(name));
  await useAndClose(registry);
  for (let turn = 0; turn < 200 && freed.size < 2; turn++) {
    collectGarbage?.();
    await new Promise(setImmediate);
  }
  assert.deepEqual([...freed].sort(), ['code', 'memory']);
  assert.ok(registry);
});

test('a program ends while code is being made for it, and does not wait for what comes of it', () => {
  const core = JSON.stringify(new URL('../dist/index.js', import.meta.url).href);
  const program = `
    const { createDetector } = await import(${core});
    const image = { data: new Uint8Array(640 * 480).map((_, at) => at * at), width: 640, height: 480, format: 'gray' };
    const detector = await createDetector();
    const { compile } = WebAssembly;
    let started = false;
    WebAssembly.compile = (bytes) => {
      started = true;
      return compile(bytes);
    };
    while (!started) await detector.detect(image);
    console.log('started');`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    timeout: 300_000,
  });
  assert.deepEqual([status, stdout, stderr], [0, 'started\n', '']);
});
