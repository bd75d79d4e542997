import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchOf } from '../dist/option.js';
import { layersOf, roundEven } from '../dist/simd-scale.js';

const window = { width: 24, height: 24 };

test('halves go to the even neighbour', () => {
  assert.deepEqual([0.5, 1.5, 2.5, 2.4999, 3.5001].map(roundEven), [0, 2, 2, 2, 4]);
});

test('the window grows by the factor until it leaves the image, and the step is 1 from scale 2 on', () => {
  const image = { width: 100, height: 60 };
  const layers = layersOf(window, image, searchOf({ scaleFactor: 1.5 }, image));
  assert.deepEqual(
    layers.map(({ scale, width, height, step, window }) => [scale, width, height, step, window.width]),
    [
      [1, 100, 60, 2, 24],
      [1.5, 67, 40, 2, 36],
      [2.25, 44, 27, 1, 54],
    ],
  );
  assert.deepEqual([layers[2]?.columns, layers[2]?.rows], [21, 4]);
});

test('when no window is between minSize and maxSize, the one nearest to minSize is taken', () => {
  const image = { width: 200, height: 200 };
  const layers = layersOf(window, image, searchOf({ minSize: 50, maxSize: 50, scaleFactor: 1.5 }, image));
  assert.deepEqual(
    layers.map((layer) => layer.window.width),
    [54],
  );
});

test('an image smaller than the window has no layer', () => {
  const image = { width: 23, height: 500 };
  assert.deepEqual(layersOf(window, image, searchOf({}, image)), []);
});
