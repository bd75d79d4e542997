import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addHit, clipFaces, groupHits, type Hits } from './simd-group.js';

function hitsOf(...boxes: [number, number, number, number][]): Hits {
  const hits: Hits = { count: 0, boxes: new Int32Array(4) };
  for (const box of boxes) addHit(hits, ...box);
  return hits;
}

test('hits are kept one by one with threshold 0', () => {
  const hits = hitsOf([1, 2, 30, 30], [1, 2, 30, 30]);
  assert.deepEqual(groupHits(hits, 0), [
    { x: 1, y: 2, width: 30, height: 30, neighbors: 1 },
    { x: 1, y: 2, width: 30, height: 30, neighbors: 1 },
  ]);
});

test('a chain of similar hits is one face, their mean, with halves rounded to even', () => {
  // the ends are too far apart, the middle is similar to both
  const hits = hitsOf([0, 0, 30, 30], [6, 0, 30, 30], [12, 1, 30, 30], [12, 1, 30, 30]);
  // the means are 7.5 and 0.5
  assert.deepEqual(groupHits(hits, 1), [{ x: 8, y: 0, width: 30, height: 30, neighbors: 4 }]);
  assert.deepEqual(groupHits(hits, 4), []);
});

test('a small face inside of a better supported one is dropped', () => {
  const large = Array.from({ length: 5 }, (): [number, number, number, number] => [10, 10, 100, 100]);
  const small: [number, number, number, number][] = [
    [40, 40, 20, 20],
    [40, 40, 20, 20],
  ];
  assert.deepEqual(groupHits(hitsOf(...large, ...small), 1), [
    { x: 10, y: 10, width: 100, height: 100, neighbors: 5 },
  ]);
});

test('faces are cut at the edges of the image, and what is outside is dropped', () => {
  const face = { x: 90, y: 20, width: 30, height: 30, neighbors: 2 };
  assert.deepEqual(clipFaces([{ ...face }, { ...face, x: 100 }], { width: 100, height: 100 }), [
    { ...face, width: 10 },
  ]);
});
