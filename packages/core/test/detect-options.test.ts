import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createDetector,
  createVerifier,
  type DetectOptions,
  type Face,
  type Image,
  toGray,
  toRgb,
} from '../dist/index.js';
import { cropped, rgbPhoto } from './photo.js';

const astronaut: Image = { ...(await rgbPhoto('astronaut')), format: 'rgb' };
const gray: Image = { ...toGray(astronaut), format: 'gray' };
const { width, height } = astronaut;
const found = { x: 177, y: 66, width: 95, height: 95, neighbors: 40 };
/** At odd places, so that no colour of yuyv, nv12 and i420 begins there. */
const roi = { x: 151, y: 41, width: 147, height: 149 };

const shifted = (faces: readonly Face[], by = roi) =>
  faces.map((face) => ({ ...face, x: face.x + by.x, y: face.y + by.y }));

/** The photograph's grey as the luma of a camera's picture without colours. */
function ofCamera(format: 'yuyv' | 'nv12' | 'i420'): Image {
  if (format === 'yuyv') {
    const data = Uint8Array.from({ length: 2 * width * height }, (_, at) =>
      at % 2 === 0 ? (gray.data[at / 2] ?? 0) : 128,
    );
    return { data, width, height, format };
  }
  const data = new Uint8Array(1.5 * width * height).fill(128);
  data.set(gray.data);
  return { data, width, height, format };
}

test('only the region of interest is searched, and boxes are in pixels of the whole image', async (t) => {
  const detectors = await Promise.all([
    createDetector(),
    createDetector({ worker: true }),
    createDetector({ threads: 2 }),
    createDetector({ engine: 'opencv' }),
  ]);
  t.after(() => Promise.all(detectors.map((detector) => detector.close())));
  const part: Image = {
    ...cropped(toGray(gray), [roi.x, roi.y, roi.width, roi.height]),
    format: 'gray',
  };
  const rgba = Uint8Array.from({ length: 4 * width * height }, (_, at) =>
    at % 4 === 3 ? 9 : (astronaut.data[Math.floor(at / 4) * 3 + (at % 4)] ?? 0),
  );
  const images: Image[] = [
    gray,
    astronaut,
    { data: rgba, width, height, format: 'rgba' },
    ...(['yuyv', 'nv12', 'i420'] as const).map(ofCamera),
  ];
  for (const detector of detectors) {
    for (const search of [{}, { minNeighbors: 0 }]) {
      const expected = shifted(await detector.detect(part, search));
      assert.ok(expected.length > 0);
      for (const image of images) {
        assert.deepEqual(await detector.detect(image, { ...search, roi }), expected, image.format);
      }
    }
    assert.deepEqual(await detector.detect(gray, { roi: { x: 300, y: 0, width: 200, height: 200 } }), []);
    assert.deepEqual(await detector.detect(gray, { roi: { x: 0, y: 0, width: 1, height: 1 } }), []);
    const whole = { roi: { x: 0, y: 0, width, height } };
    assert.deepEqual(await detector.detect(gray, whole), await detector.detect(gray));
  }
});

test('blaze sees the colours of the region, and its landmarks are in pixels of the whole image', async (t) => {
  const detectors = await Promise.all([
    createDetector({ engine: 'blaze' }),
    createDetector({ engine: 'blaze', worker: true }),
  ]);
  t.after(() => Promise.all(detectors.map((detector) => detector.close())));
  const roi = { x: 51, y: 1, width: 397, height: 399 };
  for (const detector of detectors) {
    for (const image of [astronaut, ofCamera('nv12')]) {
      const part: Image = { ...toRgb(image, roi), format: 'rgb' };
      const [expected, ...none] = await detector.detect(part, { scores: true });
      const [face, ...others] = await detector.detect(image, { scores: true, roi });
      assert.ok(expected?.landmarks && face?.landmarks);
      assert.deepEqual([none, others], [[], []]);
      const { landmarks, ...box } = face;
      const { landmarks: expectedLandmarks, ...expectedBox } = expected;
      assert.deepEqual([box], shifted([expectedBox], roi));
      for (const [name, { x, y }] of Object.entries(expectedLandmarks)) {
        const moved = landmarks[name as keyof typeof landmarks];
        assert.deepEqual(moved, { x: x + roi.x, y: y + roi.y }, name);
      }
    }
  }
});

test('maxFaces keeps the strongest, by neighbours and then by score, in the usual order', async (t) => {
  const detectors = await Promise.all([
    createDetector(),
    createDetector({ worker: true }),
    createDetector({ engine: 'opencv' }),
  ]);
  t.after(() => Promise.all(detectors.map((detector) => detector.close())));
  for (const detector of detectors) {
    for (const minNeighbors of [0, 1]) {
      const search = { minNeighbors, roi };
      const all = await detector.detect(gray, { ...search, scores: true });
      assert.ok(all.length > (minNeighbors === 0 ? 10 : 0));
      for (const maxFaces of [1, 2, all.length, 1000]) {
        const faces = await detector.detect(gray, { ...search, scores: true, maxFaces });
        assert.equal(faces.length, Math.min(maxFaces, all.length));
        const isKept = (one: Face) => faces.some((face) => JSON.stringify(face) === JSON.stringify(one));
        assert.deepEqual(all.filter(isKept), faces, 'in the order of all');
        const strength = ({ neighbors, score = 0 }: Face) => neighbors * 1e6 + score;
        const weakest = Math.min(...faces.map(strength));
        assert.ok(all.every((one) => isKept(one) || strength(one) <= weakest));
        const bare = await detector.detect(gray, { ...search, maxFaces });
        assert.deepEqual(
          bare,
          faces.map(({ score: _, ...face }) => face),
        );
      }
    }
    assert.deepEqual(await detector.detect(gray, { minNeighbors: 1, maxFaces: 1 }), [found]);
  }
});

test('of blaze the strongest is that of the highest score', async (t) => {
  const detector = await createDetector({ engine: 'blaze' });
  t.after(() => detector.close());
  // the photograph, and beside it once more, darker
  const data = new Uint8Array(2 * gray.data.length);
  for (let row = 0; row < height; row++) {
    const line = gray.data.subarray(row * width, (row + 1) * width);
    data.set(line, 2 * row * width);
    data.set(
      line.map((light) => light >> 2),
      (2 * row + 1) * width,
    );
  }
  const image: Image = { data, width: 2 * width, height, format: 'gray' };
  const all = await detector.detect(image, { minSize: 60, minScore: 0.1, scores: true });
  assert.ok(all.length > 1);
  const best = Math.max(...all.map(({ score = 0 }) => score));
  const [face, ...others] = await detector.detect(image, {
    minSize: 60,
    minScore: 0.1,
    scores: true,
    maxFaces: 1,
  });
  assert.deepEqual([face?.score, others], [best, []]);
});

test('what is no region, number or signal is refused', async (t) => {
  const detectors = await Promise.all([createDetector(), createDetector({ worker: true })]);
  t.after(() => Promise.all(detectors.map((detector) => detector.close())));
  const wrong: [object, string][] = [
    [
      { roi: { ...roi, x: 400 } },
      'Expected integer from 1 to 112 for roi.width but received 147 of type number.',
    ],
    [
      { roi: { ...roi, y: 0.5 } },
      'Expected integer from 0 to 511 for roi.y but received 0.5 of type number.',
    ],
    [
      { roi: [0, 0, 9, 9] },
      'Expected object with x, y, width and height for roi but received an array of type object.',
    ],
    [{ maxFaces: 0 }, 'Expected integer of at least 1 for maxFaces but received 0 of type number.'],
    [{ maxFaces: 1.5 }, 'Expected integer of at least 1 for maxFaces but received 1.5 of type number.'],
    [
      { signal: new AbortController() },
      'Expected AbortSignal for signal but received AbortController of type object.',
    ],
    [{ signal: null }, 'Expected AbortSignal for signal but received null of type object.'],
    [{ maxFace: 1 }, 'Expected option maxFaces for options but received maxFace.'],
  ];
  for (const detector of detectors) {
    for (const [options, message] of wrong) {
      await assert.rejects(detector.detect(gray, options as DetectOptions), {
        code: 'FACEPIPE_E_ARGUMENT',
        message,
      });
    }
    assert.deepEqual(await detector.detect(gray, { minSize: 60 }), [found], 'the detector still works');
  }
});

test('an aborted signal rejects with its reason, before the image is looked at and while a thread searches', async (t) => {
  const detectors = await Promise.all([
    createDetector(),
    createDetector({ threads: 2 }),
    createDetector({ worker: true }),
  ]);
  t.after(() => Promise.all(detectors.map((detector) => detector.close())));
  const reason = new Error('enough');
  const isReason = (error: unknown) => error === reason;
  for (const detector of detectors) {
    await assert.rejects(detector.detect(null as never, { signal: AbortSignal.abort(reason) }), isReason);
    await assert.rejects(detector.detect(gray, { signal: AbortSignal.abort() }), { name: 'AbortError' });
    const { signal } = new AbortController();
    assert.deepEqual(await detector.detect(gray, { minSize: 60, signal }), [found]);
  }
  for (const detector of detectors.slice(1)) {
    const abort = new AbortController();
    const call = detector.detect(gray, { signal: abort.signal });
    const other = detector.detect(gray, { minSize: 60 });
    abort.abort(reason);
    await assert.rejects(call, isReason);
    assert.deepEqual(await other, [found], 'other calls go on');
  }
});

test('close waits for a search that was given up', async () => {
  const detector = await createDetector({ worker: true });
  const abort = new AbortController();
  const call = detector.detect(gray, { signal: abort.signal });
  abort.abort();
  await assert.rejects(call, { name: 'AbortError' });
  await detector.close();
  await assert.rejects(detector.detect(gray), { code: 'FACEPIPE_E_DETECTOR_CLOSED' });
});

test('detectors and verifiers end with the block they are used in', async () => {
  const [here, there, verifier] = await Promise.all([
    createDetector(),
    createDetector({ worker: true }),
    createVerifier({ model: 'short' }),
  ]);
  for (const disposable of [here, there, verifier]) await disposable[Symbol.asyncDispose]();
  for (const detector of [here, there]) {
    await assert.rejects(detector.detect(gray), { code: 'FACEPIPE_E_DETECTOR_CLOSED' });
    await detector[Symbol.asyncDispose]();
  }
  await assert.rejects(verifier.verify(gray, []), { code: 'FACEPIPE_E_VERIFIER_CLOSED' });
});

test('a detector tells its cascade’s window, also from its thread and after it has been closed', async () => {
  for (const [options, window] of [
    [{}, { width: 24, height: 24 }],
    [
      { cascade: 'frontalface_alt2', engine: 'opencv' },
      { width: 20, height: 20 },
    ],
    [
      { cascade: 'lbpcascade_silverware', worker: true },
      { width: 12, height: 80 },
    ],
    [{ engine: 'blaze', model: 'short' }, undefined],
    [{ engine: 'blaze', model: 'short', worker: true }, undefined],
  ] as const) {
    const detector = await createDetector(options);
    assert.deepEqual(detector.window, window);
    await detector.close();
    assert.deepEqual(detector.window, window);
  }
});
