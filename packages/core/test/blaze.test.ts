import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { logistic } from '../dist/blaze-decode.js';
import { merge } from '../dist/blaze-merge.js';
import { compileBlaze } from '../dist/blaze-module.js';
import { openNetwork } from '../dist/blaze-network.js';
import { networkSize } from '../dist/blaze-option.js';
import { loadWeights } from '../dist/blaze-weights.js';
import { createDetector, type FacepipeError, type Image } from '../dist/index.js';
import { rgbPhoto } from './photo.js';

const code = (expected: string) => (error: FacepipeError) => error.code === expected;
const astronaut = async (): Promise<Image> => ({ ...(await rgbPhoto('astronaut')), format: 'rgb' });

suite('the engine blaze', () => {
  test('finds the astronaut, with landmarks, and a score when asked', async () => {
    for (const model of ['full', 'short'] as const) {
      const detector = await createDetector({ engine: 'blaze', model });
      assert.deepEqual([detector.engine, detector.cascade, detector.threads], ['blaze 0.1.0', model, 1]);
      const faces = await detector.detect(await astronaut());
      const [face] = faces;
      assert.equal(faces.length, 1);
      assert.ok(face && !('score' in face) && face.landmarks && face.neighbors >= 1);
      assert.ok(Math.abs(face.x - 170) < 15 && Math.abs(face.width - 110) < 25, JSON.stringify(face));
      const [scored] = await detector.detect(await astronaut(), { scores: true });
      assert.ok(scored?.score !== undefined && scored.score >= 0.5 && scored.score <= 1);
      await detector.close();
      await assert.rejects(detector.detect(await astronaut()), code('FACEPIPE_E_DETECTOR_CLOSED'));
    }
  });

  test('finds the same in a thread of its own, and refuses the same there', async () => {
    const [here, there] = await Promise.all([
      createDetector({ engine: 'blaze' }),
      createDetector({ engine: 'blaze', worker: true }),
    ]);
    const image = await astronaut();
    for (const options of [{ scores: true }, { minSize: 60, minScore: 0.3 }, { minSize: 300 }]) {
      assert.deepEqual(await there.detect(image, options), await here.detect(image, options));
    }
    assert.deepEqual([there.engine, there.cascade, there.threads], [here.engine, here.cascade, 1]);
    await assert.rejects(there.detect(image, { scaleFactor: 1.2 }), code('FACEPIPE_E_ARGUMENT'));
    await Promise.all([here.close(), there.close()]);
    const weights = new Uint8Array(99);
    const spoilt = createDetector({ engine: 'blaze', worker: true, weights });
    await assert.rejects(spoilt, code('FACEPIPE_E_WEIGHTS_INVALID'));
  });

  test('keeps the faces between minSize and maxSize, of enough boxes, with enough score', async () => {
    const detector = await createDetector({ engine: 'blaze' });
    const image = await astronaut();
    const count = async (options: object) => (await detector.detect(image, options)).length;
    assert.equal(await count({ minSize: 60 }), 1);
    assert.equal(await count({ minSize: 300 }), 0);
    assert.equal(await count({ maxSize: 50 }), 0);
    assert.equal(await count({ minNeighbors: 1000 }), 0);
    assert.equal(await count({ minScore: 0.999999 }), 0);
  });

  test('refuses what means nothing to it, as the other engines do what is its own', async () => {
    const refused = code('FACEPIPE_E_ARGUMENT');
    for (const options of [
      { engine: 'blaze', cascade: 'eye' },
      { engine: 'blaze', threads: 2 },
      { engine: 'blaze', model: 'none' },
      { engine: 'blaze', weights: 'full' },
      { model: 'full' },
      { weights: new Uint8Array(3) },
    ]) {
      await assert.rejects(createDetector(options as object), refused, JSON.stringify(options));
    }
    const detector = await createDetector({ engine: 'blaze' });
    const image = await astronaut();
    for (const options of [{ scaleFactor: 1.1 }, { minScore: 0 }, { minScore: 1 }, { minSize: -1 }, 5]) {
      await assert.rejects(detector.detect(image, options as object), refused, JSON.stringify(options));
    }
    const haar = await createDetector();
    await assert.rejects(haar.detect(image, { minScore: 0.5 }), refused);
  });

  test('images of any shape are looked at', async () => {
    const detector = await createDetector({ engine: 'blaze' });
    for (const [width, height] of [
      [1, 1],
      [4000, 3],
      [3, 4000],
      [33, 31],
    ] as const) {
      const data = new Uint8Array(width * height).fill(90);
      assert.deepEqual(await detector.detect({ data, width, height, format: 'gray' }), []);
    }
  });
});

test('the network sees the image so large that the smallest face has the pixels it needs', () => {
  const image = { width: 640, height: 480 };
  const square = (side: number) => ({ width: side, height: side });
  assert.deepEqual(networkSize(image, square(0), 'full'), { width: 288, height: 224 });
  assert.deepEqual(networkSize(image, square(30), 'full'), { width: 448, height: 352 });
  assert.deepEqual(networkSize(image, square(100), 'full'), { width: 160, height: 128 });
  assert.deepEqual(networkSize(image, square(1), 'short'), { width: 1024, height: 768 });
  assert.deepEqual(networkSize(image, square(640), 'short'), { width: 64, height: 64 });
});

test('boxes that overlap become their mean by score', () => {
  const box = { y: 0, width: 10, height: 10, points: [1, 2] };
  const merged = merge([
    { ...box, x: 0, score: 0.25 },
    { ...box, x: 4, score: 0.75 },
    { ...box, x: 50, score: 0.5 },
  ]);
  assert.deepEqual(merged, [
    { ...box, x: 3, score: 0.75, neighbors: 2 },
    { ...box, x: 50, score: 0.5, neighbors: 1 },
  ]);
});

test('the score is the logistic function, to the last bits', () => {
  for (let x = -99; x < 99; x += 0.37) {
    const expected = 1 / (1 + Math.exp(-x));
    assert.ok(Math.abs(logistic(x) / expected - 1) < 1e-14, `${x}`);
  }
  assert.deepEqual([logistic(Number.NaN), logistic(0), logistic(1e9) > 0.99], [0, 0.5, true]);
});

test('crops take at most 4 MB', async () => {
  const runner = await openNetwork(await loadWeights('full'), await compileBlaze());
  const image = { data: new Uint8Array(3840 * 2160 * 4), width: 3840, height: 2160, format: 'rgba' } as const;
  runner.run(image, { x: 0, y: 0, width: 3000, height: 3000 }, 96, 96);
  assert.ok(runner.bytes <= 4_000_000, `${runner.bytes} bytes`);
});
