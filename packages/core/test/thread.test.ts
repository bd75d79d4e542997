import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GrayImage, Image } from '../dist/image.js';
import { createDetector, type DetectorOptions } from '../dist/index.js';
import { grayPhoto } from './photo.js';
import { optionsOf } from './sweep-answer.js';
import { type SweepCase, sweepGroups } from './sweep-case.js';
import { imageFrom, type Recipe } from './sweep-image.js';
import {
  assertCallsOverlap,
  assertCloseWaits,
  noWorkers,
  runProgram,
  withThreads,
} from './thread-program.js';

const found = { x: 177, y: 66, width: 95, height: 95, neighbors: 40 };
const photo = await grayPhoto('astronaut');
const astronaut: Image = { ...photo, format: 'gray' };

/** What the sweep asks of each cascade, without the largest images. */
async function asked(seed: number, count: number): Promise<Map<string, { image: Recipe; one: SweepCase }[]>> {
  const questions = new Map<string, { image: Recipe; one: SweepCase }[]>();
  for await (const { image, cases } of sweepGroups(seed, count)) {
    if (image.width * image.height > 2 ** 20) continue;
    for (const one of cases) {
      questions.set(one.cascade, [...(questions.get(one.cascade) ?? []), { image, one }]);
    }
  }
  return questions;
}

test('one, two and three threads find the same, in the same order, in 1000 cases of every kind', async () => {
  let boxes = 0;
  const images = new Map<Recipe, GrayImage>();
  for (const [cascade, questions] of await asked(77, 1000)) {
    const detectors = await Promise.all([1, 2, 3].map((threads) => createDetector({ cascade, threads })));
    assert.deepEqual(
      detectors.map(({ threads }) => threads),
      [1, 2, 3],
    );
    for (const { image, one } of questions) {
      const gray = images.get(image) ?? (await imageFrom(image));
      images.set(image, gray);
      const search = optionsOf(one);
      const [alone, ...together] = await Promise.all(
        detectors.map((detector) => detector.detect({ ...gray, format: 'gray' }, search)),
      );
      for (const faces of together) assert.deepEqual(faces, alone, JSON.stringify({ image, one }));
      boxes += alone?.length ?? 0;
    }
    for (const detector of detectors) await detector.close();
  }
  assert.ok(boxes > 1000, `only ${boxes} boxes were compared`);
});

test('calls may overlap, and the image’s memory may be used again once a call has returned', async (t) => {
  const [alone, together] = await Promise.all([createDetector(), createDetector({ threads: 2 })]);
  t.after(() => Promise.all([alone.close(), together.close()]));
  await assertCallsOverlap(together, alone);
});

test('close waits for what is under way', async () => {
  const detector = await createDetector({ threads: 2 });
  await assertCloseWaits(detector, astronaut, found);
});

test('a thread that ends fails the call under way and no other: the next has a new one', async (t) => {
  const { detector, workers } = await withThreads({ threads: 3 });
  t.after(() => detector.close());
  assert.equal(workers.length, 2);
  assert.deepEqual(await detector.detect(astronaut, { minSize: 60 }), [found]);
  const ending = workers[1]?.terminate();
  const failed = detector.detect(astronaut, { minSize: 60 });
  const following = detector.detect(astronaut, { minSize: 60 });
  await assert.rejects(failed, {
    code: 'FACEPIPE_E_ENGINE_FAILED',
    message: /failed on an image of 512x512 pixels \(a thread has ended\)/,
  });
  assert.deepEqual(await following, [found]);
  assert.equal(detector.threads, 3);
  await ending;
});

test('a thread that ends between calls is replaced without a failure', async (t) => {
  const { detector, workers } = await withThreads({ threads: 2 });
  t.after(() => detector.close());
  await workers[0]?.terminate();
  assert.deepEqual(await detector.detect(astronaut, { minSize: 60 }), [found]);
  assert.equal(detector.threads, 2);
});

test('a program waits for a detection, and not for idle threads', () => {
  assert.equal(runProgram({ threads: 2 }), '2 0');
});

test('where memory cannot be shared, one thread does it all', () => {
  assert.equal(runProgram({ threads: 2 }, 'delete globalThis.SharedArrayBuffer;'), '1 0');
});

test('where workers are not allowed, one thread does it all', () => {
  assert.equal(runProgram({ threads: 2 }, '', noWorkers), '1 0');
});

test('the number of threads is checked', async () => {
  for (const threads of [0, -1, 1.5, 65, Number.NaN, '2']) {
    await assert.rejects(createDetector({ threads } as DetectorOptions), {
      code: 'FACEPIPE_E_ARGUMENT',
      message: `Expected integer from 1 to 64 or auto for threads but received ${threads} of type ${typeof threads}.`,
    });
  }
  await assert.rejects(createDetector({ engine: 'opencv', threads: 2 }), {
    code: 'FACEPIPE_E_ARGUMENT',
    message: 'Expected 1 (the engine opencv runs on one thread) for threads but received 2 of type number.',
  });
  const detector = await createDetector({ engine: 'opencv', threads: 1 });
  assert.equal(detector.threads, 1);
  await detector.close();
});
