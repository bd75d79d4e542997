import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetector, type DetectorOptions, type Image } from '../dist/index.js';
import { keeper, Usage } from '../dist/keeper.js';
import { collectGarbage } from './collect-garbage.js';

const mega = 2 ** 20;

/** How many uses pass until one is said to be wasted. */
function untilWasted(usage: Usage, bytes: readonly number[]): number | undefined {
  const index = bytes.findIndex((each) => usage.isWasted(each));
  return index < 0 ? undefined : index + 1;
}

const small = (count: number, bytes = mega) => Array<number>(count).fill(bytes);

test('memory is wasted when 16 uses in a row need less than a quarter of it', () => {
  const usage = new Usage();
  assert.equal(untilWasted(usage, [9 * mega, ...small(15)]), undefined);
  assert.equal(untilWasted(usage, [3 * mega, ...small(15)]), undefined, 'one of a third begins anew');
  assert.equal(untilWasted(usage, [...small(9, 2 * mega), ...small(9)]), 1);
  usage.restart();
  assert.equal(untilWasted(usage, small(99)), undefined, 'it is small now');
});

test('what is small anyway is kept', () => {
  assert.equal(untilWasted(new Usage(), [3 * mega, ...small(99, 9)]), undefined);
});

test('the former one goes on until another is open, also where none can be opened', async () => {
  const openings: { resolve(value: number): void; reject(reason: Error): void }[] = [];
  const opening = keeper(() => new Promise<number>((resolve, reject) => openings.push({ resolve, reject })));
  openings[0]?.resolve(1);
  const kept = await opening;
  const use = (count: number) => small(count).map((bytes) => kept.for(bytes));
  kept.for(9 * mega);
  assert.deepEqual(use(16), Array(16).fill(1));
  assert.equal(openings.length, 2);
  openings[1]?.reject(new Error('no memory'));
  await new Promise(setImmediate);
  assert.deepEqual(use(16), Array(16).fill(1));
  assert.equal(openings.length, 3);
  openings[2]?.resolve(2);
  await new Promise(setImmediate);
  assert.deepEqual([kept.value, ...use(40)], Array(41).fill(2));
  assert.equal(openings.length, 3);
});

const gray = (width: number, height: number): Image => ({
  data: new Uint8Array(width * height),
  width,
  height,
  format: 'gray',
});

/** Ends in the test's timeout where memory is kept: it is let go of in steps, some of them in the background. */
async function untilBelow(limit: number, before: number): Promise<void> {
  while ((await memory()) - before >= limit) await new Promise(setImmediate);
}

/** Megabytes of WebAssembly's memory in this thread, above what is there before. */
async function memory(): Promise<number> {
  assert.ok(collectGarbage);
  // what was replaced is let go of in steps
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise(setImmediate);
  }
  const { external, arrayBuffers } = process.memoryUsage();
  return (external - arrayBuffers) / mega;
}

const cases: [string, DetectorOptions, object][] = [
  ['simd', {}, { minSize: 2000 }],
  ['blaze', { engine: 'blaze', model: 'short' }, { minSize: 60 }],
];
for (const [name, options, search] of cases) {
  test(`after one huge picture the engine ${name} shrinks, and close leaves nothing`, {
    timeout: 300_000,
  }, async () => {
    const [huge, usual] = [gray(8000, 4500), gray(320, 240)];
    const before = await memory();
    const detector = await createDetector(options);
    await detector.detect(usual, search);
    const first = (await memory()) - before;
    await detector.detect(huge, search);
    const grown = (await memory()) - before;
    assert.ok(grown > first + 20, `${grown} MB after the huge one, ${first} before`);
    for (let round = 0; round < 16; round++) await detector.detect(usual, search);
    // another is opened in the background
    await untilBelow(first + 4, before);
    assert.equal((await detector.detect(usual, search)).length, 0);
    await detector.close();
    await untilBelow(1, before);
    // the detector is still known, and its memory is not
    assert.equal(detector.threads, 1);
  });
}
