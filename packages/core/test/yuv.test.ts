import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createDetector,
  createVerifier,
  type Image,
  toGray,
  toRgb,
  type YuvMatrix,
  type YuvRange,
} from '../dist/index.js';
import { rgbPhoto } from './photo.js';

const formats = ['yuyv', 'nv12', 'i420'] as const;
const ranges: readonly YuvRange[] = ['limited', 'full'];
/** Kr and Kb of the recommendations */
const shares: Record<YuvMatrix, [number, number]> = {
  bt601: [0.299, 0.114],
  bt709: [0.2126, 0.0722],
  bt2020: [0.2627, 0.0593],
};
const matrices = Object.keys(shares) as YuvMatrix[];

/** Four pixels of one colour in each format. */
function pixels(format: (typeof formats)[number], y: number, u: number, v: number): Image {
  const bytes = { yuyv: [y, u, y, v, y, u, y, v], nv12: [y, y, y, y, u, v], i420: [y, y, y, y, u, v] };
  return { data: Uint8Array.from(bytes[format]), width: 2, height: 2, format };
}

/** In numbers with fractions, as the recommendations have it. */
function exact(matrix: YuvMatrix, range: YuvRange, [r, g, b]: readonly number[]): [number, number, number] {
  const [red, blue] = shares[matrix];
  const y = red * (r ?? 0) + (1 - red - blue) * (g ?? 0) + blue * (b ?? 0);
  const u = ((b ?? 0) - y) / (2 * (1 - blue));
  const v = ((r ?? 0) - y) / (2 * (1 - red));
  if (range === 'full') return [y, u + 128, v + 128];
  return [(y * 219) / 255 + 16, (u * 224) / 255 + 128, (v * 224) / 255 + 128];
}

for (const matrix of matrices) {
  for (const range of ranges) {
    test(`colours of ${matrix} in the ${range} range come back as they were`, () => {
      for (let colour = 0; colour < 512; colour++) {
        const rgb = [colour >> 6, (colour >> 3) & 7, colour & 7].map((step) => Math.round((step * 255) / 7));
        const [y, u, v] = exact(matrix, range, rgb).map((value) => Math.min(255, Math.round(value)));
        for (const format of formats) {
          const image = { ...pixels(format, y ?? 0, u ?? 0, v ?? 0), matrix, range };
          const { data } = toRgb(image);
          // brightness and colours were rounded to whole numbers, and blue and red are twice a colour
          for (const [at, value] of rgb.entries())
            assert.ok(Math.abs((data[at] ?? 0) - value) <= 3, `${rgb} became ${data.subarray(0, 3)}`);
          assert.deepEqual(toGray(image), toGray(pixels(format, y ?? 0, u ?? 0, v ?? 0)));
        }
      }
      const [black, white] = range === 'full' ? [0, 255] : [16, 235];
      assert.deepEqual(
        [...toRgb({ ...pixels('i420', black, 128, 128), matrix, range }).data.subarray(0, 3)],
        [0, 0, 0],
      );
      assert.deepEqual(
        [...toRgb({ ...pixels('nv12', white, 128, 128), matrix, range }).data.subarray(0, 3)],
        [255, 255, 255],
      );
    });
  }
}

/** The photograph in planes of that kind. */
async function photoIn(matrix: YuvMatrix, range: YuvRange): Promise<Image> {
  const { data, width, height } = await rgbPhoto('astronaut');
  const luma = new Uint8Array(width * height);
  const colours = new Uint8Array(luma.length / 2);
  for (let at = 0; at < luma.length; at++) {
    const [y, u, v] = exact(matrix, range, [...data.subarray(3 * at, 3 * at + 3)]);
    luma[at] = Math.round(y);
    const [row, column] = [Math.floor(at / width), at % width];
    if (row % 2 || column % 2) continue;
    const to = (row / 2) * width + column;
    colours[to] = Math.round(u);
    colours[to + 1] = Math.round(v);
  }
  return { data: Buffer.concat([luma, colours]), width, height, format: 'nv12', matrix, range };
}

test('a network sees the colours that the image says', async (t) => {
  const [verifier, detector] = await Promise.all([
    createVerifier({ model: 'short' }),
    createDetector({ engine: 'blaze', model: 'short', worker: true }),
  ]);
  t.after(() => Promise.all([verifier.close(), detector.close()]));
  const box = { x: 170, y: 60, width: 110, height: 110 };
  for (const [matrix, range] of [
    ['bt709', 'full'],
    ['bt601', 'full'],
    ['bt2020', 'limited'],
  ] as const) {
    const image = await photoIn(matrix, range);
    const rgb: Image = { ...toRgb(image), format: 'rgb' };
    const [verdict] = await verifier.verify(rgb, [box]);
    assert.ok(verdict && verdict.score > 0.6);
    assert.deepEqual(await verifier.verify(image, [box]), [verdict]);
    const options = { scores: true, roi: { x: 101, y: 1, width: 301, height: 255 } };
    assert.deepEqual(await detector.detect(image, options), await detector.detect(rgb, options));
  }
});

test('a cascade looks at the luma as it is, whatever the colours follow', async (t) => {
  const detector = await createDetector();
  t.after(() => detector.close());
  const image = await photoIn('bt601', 'limited');
  const faces = await detector.detect(image, { minSize: 60 });
  assert.equal(faces.length, 1);
  for (const matrix of matrices)
    assert.deepEqual(await detector.detect({ ...image, matrix, range: 'full' }, { minSize: 60 }), faces);
});

test('what says nothing of this format is refused', () => {
  const refused: [object, string][] = [
    [{ matrix: 'rec709' }, 'one of bt601, bt709, bt2020 for image.matrix but received rec709 of type string'],
    [{ range: 'pc' }, 'one of limited, full for image.range but received pc of type string'],
    [{ range: true }, 'one of limited, full for image.range but received true of type boolean'],
  ];
  for (const [colours, message] of refused) {
    const image = { ...pixels('nv12', 1, 2, 3), ...colours };
    assert.throws(() => toRgb(image), { code: 'FACEPIPE_E_ARGUMENT', message: `Expected ${message}.` });
  }
  const gray: Image = { data: new Uint8Array(4), width: 2, height: 2, format: 'gray', range: 'full' };
  assert.throws(() => toGray(gray), {
    code: 'FACEPIPE_E_ARGUMENT',
    message:
      'Expected nothing (gray has no brightness apart from colours) for image.range but received full of type string.',
  });
  assert.equal(toGray({ ...gray, range: undefined } as unknown as Image).width, 2);
});
