import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectPolygons, isInRegion, type Polygon } from '../../dist/capture/region.js';

const frame = { width: 1000, height: 500 };
const at = (x: number, y: number) => ({ x: x * 1000 - 10, y: y * 500 - 10, width: 20, height: 20 });
const left: Polygon = [
  { x: 0, y: 0 },
  { x: 0.5, y: 0 },
  { x: 0.5, y: 1 },
  { x: 0, y: 1 },
];
/** A star that crosses itself would be another matter; this one has a notch at its top. */
const notched: Polygon = [
  { x: 0.1, y: 0.1 },
  { x: 0.5, y: 0.6 },
  { x: 0.9, y: 0.1 },
  { x: 0.9, y: 0.9 },
  { x: 0.1, y: 0.9 },
];

test('a face counts where its middle is included and not excluded', () => {
  assert.ok(isInRegion({}, at(0.5, 0.5), frame));
  assert.ok(isInRegion({ include: [] }, at(0.5, 0.5), frame));
  assert.ok(isInRegion({ include: [left] }, at(0.25, 0.5), frame));
  assert.ok(!isInRegion({ include: [left] }, at(0.75, 0.5), frame));
  assert.ok(!isInRegion({ exclude: [left] }, at(0.25, 0.5), frame));
  assert.ok(isInRegion({ include: [left, notched] }, at(0.8, 0.7), frame));
  assert.ok(!isInRegion({ include: [notched], exclude: [left] }, at(0.3, 0.8), frame));
});

test('a polygon may have a notch', () => {
  assert.ok(!isInRegion({ include: [notched] }, at(0.5, 0.3), frame));
  assert.ok(isInRegion({ include: [notched] }, at(0.5, 0.7), frame));
  assert.ok(!isInRegion({ include: [notched] }, at(0.95, 0.5), frame));
});

test('what is no polygon is refused', () => {
  expectPolygons('include', [left, notched]);
  for (const wrong of [5, [5], [[]], [left.slice(0, 2)], [[...left, { x: 2, y: 0 }]], [[...left, { x: 0 }]]])
    assert.throws(
      () => expectPolygons('include', wrong),
      { code: 'FACEPIPE_E_ARGUMENT' },
      JSON.stringify(wrong),
    );
});
