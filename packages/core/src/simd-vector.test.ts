import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCascade } from './cascade.js';
import { cascadeNames } from './cascade-bundle.js';
import type { CascadeModel } from './cascade-model.js';
import { vectorsOf } from './simd-vector.js';

function model(weight: number, size: number): CascadeModel {
  const half = { x: 1, y: 1, width: size / 2, height: size, weight: 2 };
  const rects = [{ x: 1, y: 1, width: size, height: size, weight }, half];
  const tree = { nodes: [{ left: 0, right: -1, feature: 0, split: [0.5] }], leaves: [1, -1] };
  return {
    kind: 'haar',
    width: 40,
    height: 40,
    stages: [{ threshold: 0.25, trees: [tree] }],
    features: [{ rects, tilted: false }],
  };
}

test('every bundled HAAR cascade has a form for vectors, LBP has none', async () => {
  for (const name of cascadeNames) {
    const vectors = vectorsOf(await loadCascade(name));
    assert.equal(vectors === undefined, name.startsWith('lbpcascade_'), name);
  }
});

test('two rectangles that share corners take 6 loads in 16 bits, and 32 bits where the sum may be larger', () => {
  const shapes = [16, 38].map((size) => {
    const [stump] = vectorsOf(model(-1, size))?.stages[0]?.stumps ?? [];
    return [stump?.question.shape, stump?.question.corners.length];
  });
  assert.deepEqual(shapes, [
    [0, 6],
    [3, 6],
  ]);
});

test('weights that are no integers are left to the exact code', () => {
  assert.equal(vectorsOf(model(-1.5, 16)), undefined);
});

test('the doubtful range lies around the threshold, less what the right leaves add up to', () => {
  const stage = vectorsOf(model(-1, 16))?.stages[0];
  assert.ok(stage && stage.low < 1.25 - 1e-5 && stage.high > 1.25 - 1e-5);
  assert.ok(stage.high - stage.low < 1e-5);
});
