import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, type Random } from '../../dist/source/random.js';
import { createTracker } from '../../dist/visit/tracker.js';
import { type Person, track } from './synthetic.js';

const given = process.env.FACEPIPE_FUZZ_SEED;
const seeds = given ? [Number(given)] : Array.from({ length: 60 }, (_, i) => i + 1);

/** People who walk about in lanes of their own, each in view for a while. */
function crowd(random: Random): Person[] {
  return Array.from({ length: 1 + Math.floor(4 * random()) }, (_, lane) => {
    const [from, lasts] = [6 * random(), 2 + 6 * random()];
    const [start, pace, size] = [100 + 440 * random(), 60 * (random() - 0.5), 40 + 20 * random()];
    return {
      name: `${lane}`,
      at: (s) =>
        s < from || s > from + lasts
          ? undefined
          : { x: start + pace * (s - from), y: 60 + 110 * lane + 10 * Math.sin(2 * s), size },
    };
  });
}

for (const seed of seeds)
  test(`people who walk about are one visit each, with jitter and missed frames (seed ${seed})`, () => {
    const random = createRandom(seed);
    const people = crowd(random);
    const fps = 5 + Math.floor(25 * random());
    const film = track(people, { seconds: 18, fps, jitter: 0.05, missed: 0.15, random });
    for (const [name, ids] of film.ids) {
      const visits = ids.filter((id) => film.begun.some((one) => one.id === id));
      assert.equal(new Set(visits).size, 1, `seed ${seed}, ${fps} fps: ${name} is ${visits}`);
    }
    assert.equal(film.begun.length, people.length, `seed ${seed}`);
    assert.equal(film.ended.length, people.length, `seed ${seed}`);
  });

for (const seed of seeds)
  test(`whatever comes, each visit begins once and then ends once (seed ${seed})`, () => {
    const random = createRandom(seed);
    const tracker = createTracker({ visitGap: Math.floor(4000 * random()) });
    const [open, over, dropped] = [new Set<number>(), new Set<number>(), new Set<number>()];
    let time = 1e12;
    for (let frame = 0; frame < 300; frame++) {
      // clocks that are set, pauses, and frames at any pace
      const jump = random();
      time += jump < 0.02 ? 1e7 * (random() - 0.5) : jump < 0.1 ? 5000 * random() : 200 * random();
      const detections = Array.from({ length: Math.floor(4 * random()) }, () => {
        const size = 5 + 300 * random() ** 3;
        const box = {
          x: 800 * random() - 80,
          y: 600 * random() - 60,
          width: size,
          height: size * (0.8 + random()),
        };
        return { box, confidence: random(), ...(random() < 0.5 && { appearance: [random(), random()] }) };
      });
      const size = random() < 0.01 ? { width: 1280, height: 960 } : { width: 640, height: 480 };
      const calm = random() < 0.1;
      const update = calm ? tracker.elapse(time) : tracker.update({ time, ...size, detections });
      for (const { id } of update.begun) {
        assert.ok(!open.has(id) && !over.has(id) && !dropped.has(id), `seed ${seed}`);
        open.add(id);
      }
      for (const { id, begin, end, frames } of update.ended) {
        assert.ok(open.delete(id) && frames > 0 && Number.isFinite(begin + end), `seed ${seed}`);
        over.add(id);
      }
      for (const { id } of update.dropped) dropped.add(id);
      for (const face of update.faces) {
        if (!face) continue;
        assert.equal(face.confirmed, open.has(face.id), `seed ${seed}`);
        assert.ok(!over.has(face.id) && !dropped.has(face.id) && Number.isFinite(face.speed), `seed ${seed}`);
      }
      const ids = update.faces.flatMap((face) => face?.id ?? []);
      assert.equal(new Set(ids).size, ids.length, `seed ${seed}: two boxes of a frame are one face`);
      const places = tracker.expected(time).flatMap(({ x, y, width, height }) => [x, y, width, height]);
      assert.ok(places.every(Number.isFinite), `seed ${seed}`);
    }
    for (const { id } of tracker.finish().ended) assert.ok(open.delete(id), `seed ${seed}`);
    assert.equal(open.size, 0, `seed ${seed}`);
  });
