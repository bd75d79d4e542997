import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addHit, clipFaces, emptyHits, groupHits, type Hits } from '../dist/simd-group.js';
import { partition } from '../dist/simd-partition.js';

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

test('many hits are grouped in cells as they would be one against the other', () => {
  // Park and Miller's generator: the same boxes in every run
  let state = 7;
  const pick = (below: number) => {
    state = (state * 48271) % 0x7fffffff;
    return state % below;
  };
  for (let round = 0; round < 8; round++) {
    const [span, side, more] = [20 + pick(800), 2 + pick(40), 1 + pick(100)];
    const hits = emptyHits();
    for (let left = 513 + pick(500); left > 0; left--) {
      addHit(hits, pick(span), pick(span), side + pick(more), side + pick(more), 0);
    }
    partition(hits);
    const roots = [...hits.parents.subarray(0, hits.count)];
    const isSimilar = (i: number, j: number) => {
      const [x = 0, y = 0, w = 0, h = 0] = hits.boxes.subarray(i * 4, i * 4 + 4);
      const [u = 0, v = 0, p = 0, q = 0] = hits.boxes.subarray(j * 4, j * 4 + 4);
      const delta = 0.1 * (Math.min(w, p) + Math.min(h, q));
      return Math.max(...[x - u, y - v, x + w - u - p, y + h - v - q].map(Math.abs)) <= delta;
    };
    const expected = roots.map((_, index) => index);
    for (let i = 1; i < hits.count; i++) {
      for (let j = 0; j < i; j++) {
        const [a = i, b = j] = [expected[i], expected[j]];
        if (a === b || !isSimilar(i, j)) continue;
        for (const [at, root] of expected.entries())
          if (root === a || root === b) expected[at] = Math.min(a, b);
      }
    }
    assert.deepEqual(roots, expected);
  }
});
