import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ExplainedFrame, fates } from '@facepipe/edge/visit';
import { rateOf } from '../../dist/command/explain-video.js';
import { fateText } from '../../dist/print/explain.js';
import { dotsOf } from '../../dist/print/glyph.js';
import { drawFates } from '../../dist/print/overlay.js';

const [width, height] = [320, 240];
const frame: ExplainedFrame = { number: 1, captured: new Date(1e12), width, height, candidates: [] };
const green = [0, 220, 130];

const drawn = (candidates: ExplainedFrame['candidates']) => {
  const data = new Uint8Array(width * height * 3).fill(77);
  drawFates({ data, width, height }, { ...frame, candidates }, 1e12);
  return (x: number, y: number) => [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
};

test('a candidate has a box in the colour of its fate, a label over it, and its inside as it was', () => {
  const box = { x: 100, y: 80, width: 60, height: 50 };
  const at = drawn([{ box, neighbors: 3, fate: 'sent', why: '' }]);
  for (const [x, y] of [
    [100, 80],
    [159, 80],
    [100, 129],
    [159, 129],
  ] as const)
    assert.deepEqual(at(x, y), green);
  assert.deepEqual(at(130, 105), [77, 77, 77]);
  assert.deepEqual(at(100, 72), green);
  assert.deepEqual(at(99, 80), [77, 77, 77]);
});

test('boxes and labels at and beyond the edges stay in the picture', () => {
  const box = { x: -20, y: -20, width: 400, height: 300 };
  for (const at of [box, { ...box, x: 310, y: 235 }, { ...box, x: -5, y: 100, width: 10, height: 400 }])
    for (const fate of fates) drawn([{ box: at, neighbors: 3, fate, why: '' }]);
});

test('every fate can be written', () => {
  for (const fate of fates)
    for (const character of fateText(fate).replaceAll(' ', ''))
      assert.ok(dotsOf(character).length > 4, character);
  const columns = dotsOf('1:0').map(({ x }) => x);
  assert.ok(Math.min(...columns) >= 0 && Math.max(...columns) <= 16);
});

test('the film has the clip’s rate, whatever pauses it has', () => {
  const times = Array.from({ length: 50 }, (_, i) => Math.round((i * 1000) / 30));
  assert.ok(Math.abs(rateOf(times) - 30) < 0.2);
  assert.ok(Math.abs(rateOf([...times, 60_000]) - 30) < 0.2);
  assert.deepEqual([rateOf([]), rateOf([5]), rateOf([5, 5, 5])], [25, 25, 25]);
});
