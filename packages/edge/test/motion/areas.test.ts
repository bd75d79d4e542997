import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Box } from '@facepipe/wire';
import { createMotionGate } from '../../dist/motion/motion-gate.js';
import { demoScene } from '../../dist/source/scene.js';
import { contains, covers, createCamera, from, parts, searches, size, still, walker, watch } from './room.js';

suite('what moves', () => {
  const places: Box[] = [
    { x: 3, y: 3, width: 30, height: 30 },
    { x: 145, y: 101, width: 30, height: 30 },
    { x: 287, y: 205, width: 30, height: 30 },
    { x: 60, y: 209, width: 30, height: 30 },
  ];

  test('is searched for within two frames, as small as the smallest face, at its place', () => {
    for (const noise of [2, 8])
      for (const thing of places)
        for (const start of [3, 3.9, 4.05]) {
          const at = (second: number) => (second >= start ? { noise, thing } : { noise });
          const answers = from(watch({ fps: 30, seconds: start + 0.2, at }), 1000 * start);
          const seen = answers.findIndex(({ search }) => covers(search, thing));
          assert.ok(seen === 0 || seen === 1, `${JSON.stringify(thing)} noise ${noise} at ${start}: ${seen}`);
          const boxes = answers.flatMap(({ search }) => (search.area === 'boxes' ? search.boxes : []));
          for (const box of boxes) assert.ok(box.width * box.height < 0.3 * 320 * 240, JSON.stringify(box));
        }
  });

  test('is searched for all of its way, so often and no oftener, with room around it', () => {
    for (const searchRate of [4, 8, 12]) {
      const at = (second: number) => (second < 2 ? {} : { thing: walker(second - 2) });
      const answers = from(watch({ fps: 30, seconds: 4, at, gate: { searchRate } }), 2000);
      const found = searches(answers).filter(({ time, search }) => covers(search, walker(time / 1000 - 2)));
      assert.equal(found.length, searches(answers).length);
      const most = 2 * searchRate + 2 + 3;
      assert.ok(found.length >= 2 * searchRate - 1 && found.length <= most, `${searchRate}: ${found.length}`);
    }
  });

  test('is searched for when it comes in over the edge, as soon as it is whole', () => {
    const coming = (second: number): Box => ({
      x: Math.min(200, Math.round(320 - 90 * second)),
      y: 90,
      width: 60,
      height: 60,
    });
    const answers = watch({ fps: 30, seconds: 4, at: (s) => (s < 2 ? {} : { thing: coming(s - 2) }) });
    const whole = 2000 + (1000 * 60) / 90;
    const seen = from(answers, whole).find(({ time, search }) => covers(search, coming(time / 1000 - 2)));
    assert.ok(seen && seen.time <= whole + 200, `${seen?.time} of ${whole}`);
  });

  test('and then stays is the room two seconds later', () => {
    const at = (second: number) => (second < 3 ? {} : { thing: still });
    const answers = watch({ fps: 30, seconds: 12, at });
    assert.ok(searches(from(answers, 3000, 3200)).length > 0);
    assert.equal(parts(from(answers, 6500)).length, 0);
  });

  test('in half of the frame is a search of the whole', () => {
    const at = (second: number) =>
      second < 2 ? {} : { thing: { x: Math.round(40 * (second - 2)), y: 10, width: 180, height: 220 } };
    const answers = from(watch({ fps: 30, seconds: 4, at }), 2000);
    assert.ok(answers.filter(({ search }) => search.area === 'frame').length > 8);
    assert.equal(parts(answers).length, 0);
  });

  test('in many places is a few boxes in the frame, apart from each other and on even coordinates', () => {
    const camera = createCamera();
    const gate = createMotionGate({ searchRate: 100 });
    let seen = 0;
    for (let i = 0; i < 200; i++) {
      const image = camera({ noise: 3 });
      const places = i < 60 ? [] : [5, 1, 4, 2, 3, 0].slice(0, i % 7);
      for (const place of places)
        for (let y = 0; y < 20; y++)
          image.data
            .fill(220, (30 + 37 * place + y) * 320 + 50 * place + 7 + (i % 9))
            .fill(90, (31 + 37 * place + y) * 320);
      const search = gate.look(image, 33 * i, [{ x: 300.3, y: 229.7, width: 33.1, height: 40.2 }]);
      if (search.area !== 'boxes') continue;
      seen++;
      assert.ok(search.boxes.length >= 1 && search.boxes.length <= 4);
      for (const [n, box] of search.boxes.entries()) {
        assert.ok(contains({ x: 0, y: 0, ...size }, box), JSON.stringify(box));
        assert.deepEqual([box.x % 2, box.y % 2, box.width % 2, box.height % 2], [0, 0, 0, 0]);
        for (const other of search.boxes.slice(n + 1))
          assert.ok(
            other.x >= box.x + box.width ||
              box.x >= other.x + other.width ||
              other.y >= box.y + box.height ||
              box.y >= other.y + other.height,
          );
      }
    }
    assert.ok(seen > 5, String(seen));
  });

  test('is seen in the demo scene: its faces are looked for where they are, again and again', async () => {
    const gate = createMotionGate();
    const source = await demoScene({ realtime: false, width: 320, height: 240 });
    const stop = new AbortController();
    const looked = new Map<number, number>();
    let [index, faces, pixels] = [0, 0, 0];
    for await (const frame of source.frames(stop.signal)) {
      const search = gate.look(frame, 100 * index, []);
      index++;
      if (search.area === 'frame') pixels += 320 * 240;
      if (search.area === 'boxes') for (const box of search.boxes) pixels += box.width * box.height;
      for (const { visit, clear, ...face } of frame.truth ?? []) {
        if (!clear) continue;
        faces++;
        looked.set(visit, (looked.get(visit) ?? 0) + Number(covers(search, face)));
      }
      if (index === 300) stop.abort();
    }
    assert.ok(faces > 100, String(faces));
    for (const [visit, times] of looked) assert.ok(times >= 5, `visit ${visit}: ${times}`);
    assert.ok(pixels < index * 320 * 240);
  });
});
