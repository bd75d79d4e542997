import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import {
  createVerifier,
  type FacepipeError,
  type Image,
  modelNames,
  type PixelFormat,
  toRgb,
} from '../dist/index.js';
import { rgbPhoto } from './photo.js';

const face = { x: 170, y: 70, width: 110, height: 110 };
const wall = { x: 300, y: 350, width: 60, height: 60 };
const astronaut = async (): Promise<Image> => ({ ...(await rgbPhoto('astronaut')), format: 'rgb' });

/** The same pixels in another order. */
function reordered({ data, width, height }: Image, format: PixelFormat, order: readonly number[]): Image {
  const pixels = Uint8Array.from({ length: width * height * order.length }, (_, index) => {
    const c = order[index % order.length] ?? 3;
    return c < 3 ? (data[3 * Math.floor(index / order.length) + c] ?? 0) : 77;
  });
  return { data: pixels, width, height, format };
}

const code = (expected: string) => (error: FacepipeError) => error.code === expected;

suite('createVerifier', () => {
  for (const model of modelNames) {
    test(`${model} sees the astronaut, and nothing on the wall`, async () => {
      const verifier = await createVerifier({ model });
      const image = await astronaut();
      const [seen, other, again] = await verifier.verify(image, [face, wall, face]);
      assert.ok(seen && other && again);
      assert.ok(seen.score > 0.6, `${seen.score}`);
      assert.ok(other.score < 0.3, `${other.score}`);
      assert.deepEqual(again, seen);
      assert.ok(Object.values(seen.box).every(Number.isInteger));
      assert.ok(
        Math.abs(seen.box.x - 170) < 12 && Math.abs(seen.box.width - 110) < 20,
        JSON.stringify(seen.box),
      );
      const { rightEye, leftEye, noseTip, mouthCenter, rightEarTragion, leftEarTragion } =
        seen.landmarks ?? {};
      assert.ok(rightEye && leftEye && noseTip && mouthCenter && rightEarTragion && leftEarTragion);
      const across = [rightEarTragion.x, rightEye.x, noseTip.x, leftEye.x, leftEarTragion.x];
      assert.deepEqual(
        across,
        across.toSorted((a, b) => a - b),
      );
      assert.ok(rightEye.y < noseTip.y && noseTip.y < mouthCenter.y);
      await verifier.close();
      await verifier.close();
      await assert.rejects(verifier.verify(image, []), code('FACEPIPE_E_VERIFIER_CLOSED'));
    });
  }

  test('colours in any order are the same image', async () => {
    const verifier = await createVerifier();
    const image = await astronaut();
    const expected = await verifier.verify(image, [face]);
    for (const [format, order] of [
      ['rgba', [0, 1, 2, 3]],
      ['bgr', [2, 1, 0]],
      ['bgra', [2, 1, 0, 3]],
    ] as const) {
      assert.deepEqual(await verifier.verify(reordered(image, format, order), [face]), expected, format);
    }
    const clamped = { ...image, data: new Uint8ClampedArray(image.data) };
    assert.deepEqual(await verifier.verify(clamped, [face]), expected);
  });

  test('grey is the same as three times the grey, as yuyv with chroma 128 is in its narrower range', async () => {
    const verifier = await createVerifier();
    const { data, width, height } = await astronaut();
    const gray = Uint8Array.from({ length: width * height }, (_, index) => data[3 * index + 1] ?? 0);
    const tripled = Uint8Array.from(data, (_, index) => gray[Math.floor(index / 3)] ?? 0);
    const expected = await verifier.verify({ data: tripled, width, height, format: 'rgb' }, [face]);
    assert.ok((expected[0]?.score ?? 0) > 0.5);
    assert.deepEqual(await verifier.verify({ data: gray, width, height, format: 'gray' }, [face]), expected);
    const yuyv = Uint8Array.from({ length: 2 * gray.length }, (_, index) =>
      index % 2 ? 128 : 16 + Math.round((219 * (gray[index >> 1] ?? 0)) / 255),
    );
    const [seen] = await verifier.verify({ data: yuyv, width, height, format: 'yuyv' }, [face]);
    assert.ok(seen && Math.abs(seen.score - (expected[0]?.score ?? 0)) < 0.05, `${seen?.score}`);
  });

  test('pixels of cameras are read as toRgb turns them into colours', async () => {
    const verifier = await createVerifier();
    const { data, width, height } = await astronaut();
    const luma = Uint8Array.from(
      { length: width * height },
      (_, index) => 16 + (data[3 * index + 1] ?? 0) / 1.2,
    );
    for (const format of ['yuyv', 'nv12', 'i420'] as const) {
      const bytes = new Uint8Array(width * height * (format === 'yuyv' ? 2 : 1.5)).map(
        (_, index) => 120 + (index % 16),
      );
      if (format !== 'yuyv') bytes.set(luma);
      else for (const [index, value] of luma.entries()) bytes[2 * index] = value;
      const image: Image = { data: bytes, width, height, format };
      const rgb: Image = { ...toRgb(image), format: 'rgb' };
      // odd places and those beyond the edges, where a pair of pixels is cut
      const boxes = [face, { ...face, x: 171, y: 71 }, { ...face, x: -31 }, { ...face, x: 431, y: 441 }];
      const seen = await verifier.verify(image, boxes);
      assert.ok((seen[0]?.score ?? 0) > 0.3, `${format}: ${seen[0]?.score}`);
      assert.deepEqual(seen, await verifier.verify(rgb, boxes), format);
    }
  });

  test('a candidate that it does not see keeps its own box', async () => {
    const verifier = await createVerifier();
    const image = await astronaut();
    const far = { x: -5000.5, y: 9000, width: 40, height: 40 };
    const huge = { x: -1e9, y: -1e9, width: 2e9, height: 2e9 };
    const tiny = { x: 200, y: 100, width: 1e-9, height: 1e-9 };
    for (const box of [far, huge, tiny]) {
      const [verdict] = await verifier.verify(image, [{ ...box, neighbors: 3 } as typeof box]);
      assert.deepEqual(verdict, { box, score: 0, landmarks: undefined });
    }
    assert.deepEqual(await verifier.verify(image, []), []);
    const pixel: Image = { data: Uint8Array.of(1, 2, 3), width: 1, height: 1, format: 'rgb' };
    assert.equal((await verifier.verify(pixel, [{ x: 0, y: 0, width: 1, height: 1 }])).length, 1);
  });

  test('the memory of an image may be used again at once, and calls may overlap', async () => {
    const verifier = await createVerifier();
    const image = await astronaut();
    const expected = await verifier.verify(image, [face]);
    const first = verifier.verify(image, [face]);
    image.data.fill(0);
    const second = verifier.verify(image, [face]);
    assert.deepEqual(await first, expected);
    assert.notDeepEqual(await second, expected);
  });

  test('weights and kernel from an address or from bytes are the same', async () => {
    const image = await astronaut();
    const expected = await (await createVerifier()).verify(image, [face]);
    const weights = new URL('../weights/full.blaze', import.meta.url);
    const wasm = new URL('../dist/blaze.wasm', import.meta.url);
    for (const options of [
      { weights, wasm },
      { weights: await readFile(weights), wasm: await readFile(wasm) },
    ]) {
      assert.deepEqual(await (await createVerifier(options)).verify(image, [face]), expected);
    }
  });

  test('what is wrong is said by a code', async () => {
    const image = await astronaut();
    const verifier = await createVerifier();
    const none = new URL('file:///nowhere/full.blaze');
    await assert.rejects(createVerifier({ weights: none }), code('FACEPIPE_E_WEIGHTS_UNREADABLE'));
    await assert.rejects(createVerifier({ weights: new Uint8Array(99) }), code('FACEPIPE_E_WEIGHTS_INVALID'));
    await assert.rejects(createVerifier({ wasm: new Uint8Array(9) }), code('FACEPIPE_E_ENGINE_UNAVAILABLE'));
    for (const options of [
      5,
      null,
      { model: 'middle' },
      { weights: 'full.blaze' },
      { wasm: 3 },
      { modle: 'full' },
    ]) {
      await assert.rejects(
        createVerifier(options as object),
        code('FACEPIPE_E_ARGUMENT'),
        JSON.stringify(options),
      );
    }
    for (const boxes of [
      5,
      undefined,
      [5],
      [{ x: 1 }],
      [{ ...face, width: 0 }],
      [{ ...face, y: Number.NaN }],
    ]) {
      await assert.rejects(
        verifier.verify(image, boxes as []),
        code('FACEPIPE_E_ARGUMENT'),
        JSON.stringify(boxes),
      );
    }
    await assert.rejects(verifier.verify({ ...image, width: 7 }, [face]), code('FACEPIPE_E_ARGUMENT'));
  });
});
