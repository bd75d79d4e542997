import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addHit, clipFaces, emptyHits, groupHits, type Hits } from './simd-group.js';

function hitsOf(...boxes: [number, number, number, number][]): Hits {
  const hits = emptyHits(1);
  for (const [index, box] of boxes.entries()) addHit(hits, ...box, index / 2);
  return hits;
}

test('hits are kept one by one with threshold 0', () => {
  const hits = hitsOf([1, 2, 30, 30], [1, 2, 30, 30]);
  assert.deepEqual(groupHits(hits, 0), [
    { x: 1, y: 2, width: 30, height: 30, neighbors: 1, score: 0 },
    { x: 1, y: 2, width: 30, height: 30, neighbors: 1, score: 0.5 },
  ]);
});

test('a chain of similar hits is one face, their mean, with halves rounded to even and the best score', () => {
  // the ends are too far apart, the middle is similar to both
  const hits = hitsOf([0, 0, 30, 30], [6, 0, 30, 30], [12, 1, 30, 30], [12, 1, 30, 30]);
  // the means are 7.5 and 0.5
  assert.deepEqual(groupHits(hits, 1), [{ x: 8, y: 0, width: 30, height: 30, neighbors: 4, score: 1.5 }]);
  assert.deepEqual(groupHits(hits, 4), []);
});

test('a small face inside of a better supported one is dropped', () => {
  const large = Array.from({ length: 5 }, (): [number, number, number, number] => [10, 10, 100, 100]);
  const small: [number, number, number, number][] = [
    [40, 40, 20, 20],
    [40, 40, 20, 20],
  ];
  assert.deepEqual(groupHits(hitsOf(...large, ...small), 1), [
    { x: 10, y: 10, width: 100, height: 100, neighbors: 5, score: 2 },
  ]);
});

test('faces are cut at the edges of the image, and what is outside is dropped', () => {
  const face = { x: 90, y: 20, width: 30, height: 30, neighbors: 2, score: 1 };
  assert.deepEqual(clipFaces([{ ...face }, { ...face, x: 100 }], { width: 100, height: 100 }), [
    { ...face, width: 10 },
  ]);
});
