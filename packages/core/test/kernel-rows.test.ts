import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packCascade } from '../dist/cascade-pack.js';
import type { GrayImage } from '../dist/image.js';
import { searchOf } from '../dist/option.js';
import { fitArena, loadInto, writeFrame, writeImage } from '../dist/simd-frame.js';
import { compileKernel, instantiateKernel } from '../dist/simd-module.js';
import { layersOf } from '../dist/simd-scale.js';
import type { HaarModel } from './filter-case.js';
import { Dice } from './fuzz-dice.js';
import { exactOnly } from './fuzz-model.js';
import { adoptCode, hitsOf, openSearcher } from './kernel-hits.js';

// The kernel takes up to 64 rows of windows at a time, and hands over 1024 hits at a time: here every window is a hit.

/** Lets each window pass whose contrast is enough, by one stage of one tree of so many questions. */
function passingAll(questions: number): HaarModel {
  const [width, height] = [12, 10];
  const rect = { x: 2, y: 2, width: 6, height: 4 };
  const nodes = Array.from({ length: questions }, (_, index) => ({
    ...{ left: index + 1 < questions ? index + 1 : 0, right: -(index + 1), feature: 0 },
    split: [0],
  }));
  const trees = [{ nodes, leaves: Array.from({ length: questions + 1 }, () => 1) }];
  const rects = [
    { ...rect, weight: -1 },
    { ...rect, width: 3, weight: 2 },
  ];
  return {
    ...{ kind: 'haar', width, height },
    stages: [{ threshold: 0.5, trees }],
    features: [{ rects, tilted: false }],
  };
}

function noise(width: number, height: number): GrayImage {
  const dice = new Dice(width);
  return { width, height, data: Uint8Array.from({ length: width * height }, () => dice.between(0, 255)) };
}

/** What there is to hit: windows that the first stage rejects would hide those after them, but it rejects none. */
function windowsIn(model: HaarModel, image: GrayImage): number {
  const layers = layersOf(model, image, searchOf({ scaleFactor: 1.5 }, image));
  return layers.reduce((sum, { rows, columns, step }) => {
    return sum + Math.ceil(rows / step) * Math.ceil(columns / step);
  }, 0);
}

// of fewer rows of windows than 64, of more, of 65, and in a wide layer of more than 32
for (const [width, height] of [
  [80, 61],
  [150, 137],
  [97, 74],
  [900, 70],
] as const) {
  test(`all windows of ${width}×${height} are hits, each once`, async () => {
    const image = noise(width, height);
    for (const questions of [1, 2, 3]) {
      const model = passingAll(questions);
      const [searcher, exact] = await Promise.all([openSearcher(model), openSearcher(exactOnly(model))]);
      const hits = hitsOf(searcher, image, { scaleFactor: 1.5 });
      assert.equal(hits.split('\n').length, windowsIn(model, image));
      assert.equal(hitsOf(exact, image, { scaleFactor: 1.5 }), hits, 'one window after the other');
      assert.equal(await adoptCode(searcher), questions < 3);
      assert.equal(hitsOf(searcher, image, { scaleFactor: 1.5 }), hits, 'by code');
    }
  });
}

test('what an abandoned search had found is no hit of the next layer', async () => {
  const model = passingAll(1);
  const image = noise(150, 137);
  const kernel = await instantiateKernel(await compileKernel());
  const arena = fitArena(kernel, loadInto(kernel, { name: 'all', bytes: packCascade(model) }), image);
  writeImage(arena, image);
  const [layer] = layersOf(model, image, searchOf({ scaleFactor: 1.5 }, image));
  assert.ok(layer);
  writeFrame(arena, image, layer, false);
  const searchAll = (): number => {
    kernel.begin(0);
    let hits = 0;
    for (;;) {
      const found = kernel.search();
      if (found < 0) return hits - 1 - found;
      hits += found;
    }
  };
  const hits = searchAll();
  kernel.begin(0);
  assert.ok(kernel.search() >= 0, 'more hits than are handed over at once');
  assert.equal(searchAll(), hits);
});
