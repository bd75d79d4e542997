import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAct, positionAt } from '../../dist/source/act.js';
import { spriteSize } from '../../dist/source/portrait.js';

test('positions turn round at both ends and stay whole', () => {
  const course = { low: 10, high: 13, begin: 12, step: 1 };
  assert.deepEqual(
    Array.from({ length: 9 }, (_, frame) => positionAt(course, frame)),
    [12, 13, 12, 11, 10, 11, 12, 13, 12],
  );
  assert.equal(positionAt({ low: 4, high: 4, begin: 4, step: 5 }, 7), 4);
  assert.equal(positionAt({ low: 0, high: 3, begin: 1, step: -2 }, 1), 1);
});

for (const size of [
  { width: 320, height: 240 },
  { width: 640, height: 480 },
  { width: 1920, height: 1080 },
]) {
  test(`heads stay inside ${size.width}×${size.height}, never touch, and one is always there`, () => {
    const seen = new Set<number>();
    for (let number = 0; number < 200; number++) {
      const { length, roles } = createAct(3, number, size);
      for (let frame = 0; frame < length; frame++) {
        const boxes = roles
          .filter(({ enters, leaves }) => frame >= enters && frame < leaves)
          .map(({ cast, left, top }) => ({
            x: positionAt(left, frame),
            y: positionAt(top, frame),
            ...spriteSize(cast),
          }));
        seen.add(boxes.length);
        assert.ok(boxes.length >= 1);
        boxes.forEach((a, i) => {
          assert.ok(Number.isInteger(a.x) && Number.isInteger(a.y));
          assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.width <= size.width && a.y + a.height <= size.height);
          for (const b of boxes.slice(i + 1)) assert.ok(a.x + a.width <= b.x || b.x + b.width <= a.x);
        });
      }
    }
    assert.deepEqual([...seen].sort(), [1, 2, 3]);
  });
}

test('the same seed gives the same acts, another seed others', () => {
  const size = { width: 640, height: 480 };
  assert.deepEqual(createAct(5, 2, size), createAct(5, 2, size));
  assert.notDeepEqual(createAct(5, 2, size), createAct(6, 2, size));
  assert.notDeepEqual(createAct(5, 2, size), createAct(5, 3, size));
});
