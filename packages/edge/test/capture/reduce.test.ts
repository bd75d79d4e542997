import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reduce, scaleFace, scaleOptions } from '../../dist/capture/reduce.js';

const gray = (width: number, height: number) => ({
  data: Uint8Array.from({ length: width * height }, (_, index) => (index % width < width / 2 ? 40 : 200)),
  width,
  height,
  format: 'gray' as const,
});

const rgb = (width: number, height: number) => {
  const { data } = gray(width, height);
  return {
    data: Uint8Array.from({ length: 3 * data.length }, (_, index) =>
      index % 3 === 0 ? 0 : (data[Math.floor(index / 3)] ?? 0),
    ),
    width,
    height,
    format: 'rgb' as const,
  };
};

test('a wide picture becomes as wide as it is searched, its halves as grey as before', async () => {
  const { gray: small, scale } = await reduce(gray(1920, 1080), 640);
  assert.deepEqual([small.width, small.height, scale, small.data.length], [640, 360, 3, 640 * 360]);
  assert.ok(small.data instanceof Uint8Array);
  assert.deepEqual([small.data[0], small.data[300], small.data[340], small.data[639]], [40, 40, 200, 200]);
});

test('colours weigh as they do in a picture that is not made smaller', async () => {
  const { gray: small, scale } = await reduce(rgb(1920, 1080), 640);
  const { gray: full } = await reduce(rgb(1920, 1080));
  assert.equal(scale, 3);
  for (const x of [0, 300, 340, 639])
    assert.ok(Math.abs((small.data[x] ?? 0) - (full.data[3 * x] ?? 0)) <= 1, `column ${x}`);
});

test('a picture that is no wider, and one for which nothing is asked, stay what they are', async () => {
  for (const width of [undefined, 0, 640, 1000]) {
    const picture = gray(640, 480);
    const { gray: same, scale } = await reduce(picture, width);
    assert.equal(same.data.buffer, picture.data.buffer);
    assert.equal(scale, 1);
  }
});

test('sizes that are searched for shrink with the picture, and wrong ones stay wrong', () => {
  const options = { scaleFactor: 1.1, minNeighbors: 1, minSize: 30, maxSize: { width: 300, height: 240 } };
  assert.deepEqual(scaleOptions(options, 1 / 3), {
    ...options,
    minSize: 10,
    maxSize: { width: 100, height: 80 },
  });
  assert.deepEqual(scaleOptions({}, 0.5), {});
  const wrong = { minSize: 'large' } as object;
  assert.deepEqual(scaleOptions(wrong, 0.5), wrong);
});

test('a face is where it was, inside the picture', () => {
  const size = { width: 1920, height: 1080 };
  const face = { x: 100, y: 50, width: 60, height: 60, neighbors: 4 };
  assert.deepEqual(scaleFace(face, 3, size), { x: 300, y: 150, width: 180, height: 180, neighbors: 4 });
  const edge = scaleFace({ ...face, x: 600, width: 45 }, 3, size);
  assert.equal(edge.x + edge.width, 1920);
});
