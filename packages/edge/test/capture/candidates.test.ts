import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeCandidates, mirrorFaces, strongest } from '../../dist/capture/candidates.js';

const face = (x: number, y: number, side: number, neighbors: number) => ({
  ...{ x, y, width: side, height: side },
  neighbors,
});

test('what overlaps by more than 0.3 is one face: the strongest box, and the raw hits of all', () => {
  assert.deepEqual(mergeCandidates([face(104, 100, 40, 1), face(100, 100, 40, 3)]), [face(100, 100, 40, 4)]);
  // a profile beside the same face from the front
  assert.deepEqual(mergeCandidates([face(216, 74, 73, 4), face(177, 66, 97, 36)]), [face(177, 66, 97, 40)]);
  assert.deepEqual(mergeCandidates([]), []);
});

test('what overlaps by less stays apart, as faces side by side do', () => {
  const apart = [face(10, 10, 40, 2), face(35, 10, 40, 9)];
  assert.deepEqual(mergeCandidates(apart), apart);
});

test('the strongest takes its own, and what only touches its neighbour stays', () => {
  const [far, near, strong] = [face(64, 100, 40, 1), face(82, 100, 40, 2), face(100, 100, 40, 8)];
  assert.deepEqual(mergeCandidates([far, near, strong]), [far, face(100, 100, 40, 10)]);
});

test('of raw hits, all with one neighbour, the one that most others overlap goes first', () => {
  const hits = [face(82, 100, 40, 1), face(100, 100, 40, 1), face(118, 100, 40, 1)];
  assert.deepEqual(mergeCandidates(hits), [face(100, 100, 40, 3)]);
});

test('the order of the cascades changes nothing', () => {
  const faces = Array.from({ length: 60 }, (_, n) =>
    face((n * 37) % 200, (n * 61) % 150, 30 + (n % 5) * 8, 1 + (n % 4)),
  );
  const merged = mergeCandidates(faces);
  assert.deepEqual(mergeCandidates([...faces].reverse()), merged);
  assert.equal(
    merged.reduce((sum, { neighbors }) => sum + neighbors, 0),
    faces.reduce((sum, { neighbors }) => sum + neighbors, 0),
  );
});

test('a face of the mirrored picture lies on the other side', () => {
  assert.deepEqual(mirrorFaces([face(10, 7, 40, 2)], 640), [face(590, 7, 40, 2)]);
});

test('of too many the strongest are asked, in the order they had', () => {
  const faces = [face(0, 0, 30, 1), face(100, 0, 30, 5), face(200, 0, 30, 2)];
  assert.deepEqual(strongest(faces, 2), [faces[1], faces[2]]);
  assert.equal(strongest(faces, 3), faces);
});
