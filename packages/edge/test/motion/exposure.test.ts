import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ExposureMeter } from '../../dist/motion/exposure.js';
import { room } from './room.js';

const before = Float32Array.from({ length: 1200 }, (_, i) => room(8 * (i % 40), 8 * Math.floor(i / 40)));
const measure = (now: (brightness: number, cell: number) => number) =>
  new ExposureMeter().measure(before, before.map(now));

suite('how the light changed', () => {
  test('is measured though a third of the picture is something else', () => {
    const { offset, gain } = measure((b, i) => (i % 3 === 0 && i > 900 ? 200 : i < 300 ? 20 : 12 + 1.3 * b));
    assert.ok(Math.abs(gain - 1.3) < 0.05, String(gain));
    assert.ok(Math.abs(offset + 100 * gain - 142) < 2, String(offset));
  });

  test('is nothing for noise and for what moves', () => {
    const same = { offset: 0, gain: 1 };
    assert.deepEqual(
      measure((b) => b),
      same,
    );
    assert.deepEqual(
      measure((b, i) => b + 3 * Math.sin(7 * i)),
      same,
    );
    assert.deepEqual(
      measure((b, i) => (i < 400 ? 255 - b : b)),
      same,
    );
  });

  test('of a picture of one brightness is an offset, and of another picture nothing', () => {
    const flat = new Float32Array(1200).fill(90);
    const meter = new ExposureMeter();
    assert.deepEqual(
      meter.measure(
        flat,
        flat.map((b) => b + 20),
      ),
      { offset: 20, gain: 1 },
    );
    assert.deepEqual(
      measure((b) => 200 - b),
      { offset: 0, gain: 1 },
    );
  });
});
