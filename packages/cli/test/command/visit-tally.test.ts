import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VisitTally } from '../../dist/command/visit-tally.js';

const box = (x: number) => ({ x, y: 100, width: 100, height: 100 });
const face = (visit: number, x = 100, clear = true) => ({ ...box(x), visit, clear });

/** A frame every 100 ms from a time on. */
function see(tally: VisitTally, from: number, frames: number, ...faces: ReturnType<typeof face>[]): number {
  for (let i = 0; i < frames; i++) tally.see(from + 100 * i, faces);
  return from + 100 * frames;
}

test('a visit counts once its face was clear for a second, and is missed when it is over without a picture', () => {
  const tally = new VisitTally(2000);
  assert.deepEqual(tally.totals(true), { visits: 0, pictures: 0, missed: 0, false: 0 });
  let time = see(tally, 0, 10, face(1));
  assert.equal(tally.totals(true).visits, 0);
  time = see(tally, time, 2, face(1));
  assert.deepEqual(tally.totals(false), { visits: 1, pictures: 0, missed: 0, false: 0 });
  assert.equal(tally.totals(true).missed, 1, 'nothing comes any more');
  time = see(tally, time, 49);
  assert.equal(tally.totals(false).missed, 0, 'its picture may be on its way');
  see(tally, time, 3);
  assert.equal(tally.totals(false).missed, 1);
});

test('faces that are never clear need no picture, but have one if it comes', () => {
  const tally = new VisitTally(2000);
  see(tally, 0, 100, face(1, 100, false));
  assert.deepEqual(tally.totals(true), { visits: 0, pictures: 0, missed: 0, false: 0 });
  tally.sent(500, box(100));
  assert.deepEqual(tally.totals(true), { visits: 1, pictures: 1, missed: 0, false: 0 });
});

test('a picture is of the face that it lies on best, and false where there is none', () => {
  const tally = new VisitTally(2000);
  see(tally, 0, 20, face(1, 100), face(2, 160));
  tally.sent(300, box(150));
  assert.deepEqual(tally.totals(true), { visits: 2, pictures: 1, missed: 1, false: 0 });
  tally.sent(400, box(90));
  assert.deepEqual(tally.totals(true), { visits: 2, pictures: 2, missed: 0, false: 0 });
  // half beside the face: an intersection of a third of the union
  tally.sent(500, box(50));
  tally.sent(600, box(500));
  tally.sent(700, box(40));
  assert.deepEqual(tally.totals(true), { visits: 2, pictures: 5, missed: 0, false: 2 });
});

test('pictures of an earlier run are not counted', () => {
  const tally = new VisitTally(2000);
  see(tally, 0, 20, face(1));
  tally.sent(12_345, box(100));
  assert.deepEqual(tally.totals(true), { visits: 1, pictures: 0, missed: 1, false: 0 });
});

test('a day of visits is counted, and a clock that is set or a pause adds nothing', () => {
  const tally = new VisitTally(2000);
  let time = 0;
  for (let visit = 1; visit <= 3000; visit++) {
    see(tally, time, 15, face(visit));
    if (visit % 3) tally.sent(time + 500, box(100));
    time += 20_000;
  }
  see(tally, time, 1);
  assert.deepEqual(tally.totals(false), { visits: 3000, pictures: 2000, missed: 1000, false: 0 });
  const other = new VisitTally(2000);
  for (const at of [0, 5000, 1000, 9000, 2000]) other.see(at, [face(1)]);
  assert.equal(other.totals(true).visits, 0);
});
