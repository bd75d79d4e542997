import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  configOf,
  flagsOf,
  insertPoint,
  movePoint,
  moveShape,
  newShape,
  pointAt,
  removePoint,
  type Shape,
  shapesOf,
} from '../../dist-page/state/shape.js';

const triangle: Shape = {
  id: 1,
  kind: 'include',
  points: [
    [0.1, 0.2],
    [0.9, 0.2],
    [0.5, 0.9],
  ],
};
const out: Shape = { ...triangle, id: 2, kind: 'exclude' };

suite('shapes of areas', () => {
  test('flags are as the command line reads them', () => {
    assert.deepEqual(flagsOf([out, triangle]), [
      '--include "0.1,0.2 0.9,0.2 0.5,0.9"',
      '--exclude "0.1,0.2 0.9,0.2 0.5,0.9"',
    ]);
    assert.deepEqual(flagsOf([]), []);
  });

  test('the file has the same polygons', () => {
    assert.deepEqual(JSON.parse(configOf([triangle])), { include: ['0.1,0.2 0.9,0.2 0.5,0.9'], exclude: [] });
  });

  test('what the capture has becomes shapes, and the same flags again', () => {
    const shapes = shapesOf({ include: [triangle.points], exclude: [out.points] });
    assert.deepEqual(shapes, [triangle, out]);
  });

  test('points stay in the frame, in thousandths, without an exponent', () => {
    assert.deepEqual(pointAt(-0.2, 1.7), [0, 1]);
    assert.deepEqual(pointAt(0.123456, 0.0000001), [0.123, 0]);
  });

  test('a point is moved, put between, taken away; three stay', () => {
    assert.deepEqual(movePoint(triangle, 2, [0.4, 0.8]).points[2], [0.4, 0.8]);
    const four = insertPoint(triangle, 2);
    assert.deepEqual(four.points[3], [0.3, 0.55]);
    assert.deepEqual(removePoint(four, 3), triangle);
    assert.equal(removePoint(triangle, 0), triangle);
  });

  test('a shape is moved as a whole, as far as the frame goes', () => {
    const { points } = moveShape(triangle, 0.5, -0.05);
    assert.deepEqual(points, [
      [0.2, 0.15],
      [1, 0.15],
      [0.6, 0.85],
    ]);
  });

  test('a new one has a number of its own', () => {
    assert.equal(newShape('include', [triangle, out]).id, 3);
    assert.equal(newShape('exclude', []).id, 1);
  });
});
