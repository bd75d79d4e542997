import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confirmedFaces } from '../../dist/capture/confirmed.js';

const verdict = (x: number, side: number, score: number, neighbors = 1) => ({
  ...{ box: { x, y: 10, width: side, height: side }, score },
  neighbors,
});

test('the network’s box, its score to three decimals, the neighbours of the candidate', () => {
  assert.deepEqual(confirmedFaces([verdict(20, 40, 0.98765, 5)]), [
    { x: 20, y: 10, width: 40, height: 40, neighbors: 5, verify: 0.988 },
  ]);
});

test('a face is told once, with its surest box; faces side by side are two', () => {
  const sure = confirmedFaces([verdict(20, 40, 0.6), verdict(24, 40, 0.9), verdict(50, 40, 0.7)]);
  assert.deepEqual(
    sure.map(({ x, verify }) => [x, verify]),
    [
      [24, 0.9],
      [50, 0.7],
    ],
  );
});
