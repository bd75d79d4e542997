import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createTracker } from '../../dist/visit/tracker.js';
import { blue, type Person, red, track } from './synthetic.js';

const sitting = { x: 320, y: 240, size: 80 };
const walker = (name: string, from: number, to: number, seconds: number, y = 240): Person => ({
  name,
  at: (s) => (s <= seconds ? { x: from + ((to - from) * s) / seconds, y, size: 60 } : undefined),
});

const frameOf = (time: number, confidence?: number, box = { x: 280, y: 200, width: 80, height: 80 }) => ({
  time,
  width: 640,
  height: 480,
  detections: confidence === undefined ? [] : [{ box, confidence }],
});

suite('one face', () => {
  test('is one visit, which begins within a second and ends after the gap, at any rate', () => {
    for (const fps of [1, 2, 5, 10, 30, 120]) {
      const person: Person = { name: 'a', at: (s) => (s < 5 ? { ...sitting, x: 300 + 20 * s } : undefined) };
      const film = track([person], { seconds: 12, fps });
      assert.equal(film.begun.length, 1, `${fps} fps`);
      assert.ok((film.begun[0]?.at ?? 9) <= 1, `${fps} fps`);
      assert.equal(film.begun[0]?.begin, 0);
      assert.equal(film.ended.length, 1);
      const { at = 0, end = 0, frames } = film.ended[0] ?? {};
      assert.ok(end >= 4000 && end < 5000, `${fps} fps: ${end}`);
      assert.ok(at * 1000 - end > 2000 && at * 1000 - end <= 2000 + 1000 / fps + 1, `${fps} fps: ${at}`);
      assert.equal(frames, 5 * fps);
    }
  });

  test('seen once is nobody where frames are many, and somebody where they are rare', () => {
    const once: Person = { name: 'a', at: (s) => (s === 20 ? sitting : undefined) };
    assert.deepEqual(track([once], { seconds: 40, fps: 10 }).begun, []);
    assert.equal(track([once], { seconds: 40, fps: 0.1 }).begun.length, 1);
  });

  test('of a single picture is a visit when it ends', () => {
    const film = track([{ name: 'a', at: () => sitting }], { seconds: 1, fps: 1 });
    assert.deepEqual([film.begun.length, film.ended.length], [1, 1]);
    const short = track([{ name: 'a', at: () => sitting }], { seconds: 0.2, fps: 10 });
    assert.deepEqual([short.begun.length, short.ended.length], [1, 1]);
  });

  test('out of view for less than the gap goes on, for longer comes again', () => {
    const away = (from: number, to: number): Person => ({
      name: 'a',
      at: (s) => (s < from || s > to ? { ...sitting, x: 320 + 30 * Math.sin(s) } : undefined),
    });
    assert.equal(track([away(3, 4.8)], { seconds: 8, fps: 10 }).begun.length, 1);
    assert.equal(track([away(3, 5.5)], { seconds: 8, fps: 10 }).begun.length, 2);
    const patient = track([away(3, 5.5)], { seconds: 8, fps: 10, tracker: { visitGap: 4000 } });
    assert.equal(patient.begun.length, 1);
  });

  test('goes on while it is only weakly seen, and such looks begin nothing', () => {
    const weak = (from: number): Person => ({
      name: 'a',
      at: (s) => ({ ...sitting, confidence: s < from ? 0.9 : 0.35 }),
    });
    const film = track([weak(2)], { seconds: 12, fps: 10 });
    assert.deepEqual([film.begun.length, film.ended[0]?.frames], [1, 120]);
    assert.deepEqual(track([weak(0)], { seconds: 12, fps: 10 }).begun, []);
  });

  test('that is never surely one has to be seen for longer', () => {
    const doubtful = (seconds: number): Person => ({
      name: 'a',
      at: (s) => (s < seconds ? { ...sitting, confidence: 0.6 } : undefined),
    });
    assert.deepEqual(track([doubtful(0.6)], { seconds: 5, fps: 10 }).begun, []);
    assert.equal(track([doubtful(0.6)], { seconds: 5, fps: 10, tracker: { sure: 0.5 } }).begun.length, 1);
    const [begun] = track([doubtful(2)], { seconds: 5, fps: 10 }).begun;
    assert.ok(begun && begun.at > 0.6 && begun.at <= 1);
  });

  test('found twice in a frame is one', () => {
    const tracker = createTracker();
    const box = { x: 100, y: 100, width: 80, height: 80 };
    const inner = { x: 115, y: 115, width: 40, height: 40 };
    const detections = [
      { box: inner, confidence: 0.6 },
      { box, confidence: 0.9 },
      { box: { ...box, x: 110 }, confidence: 0.8 },
    ];
    const { faces } = tracker.update({ time: 0, width: 640, height: 480, detections });
    assert.deepEqual(
      faces.map((face) => face?.id),
      [undefined, 1, undefined],
    );
  });
});

suite('several faces', () => {
  test('that cross keep their own', () => {
    for (const fps of [10, 30])
      for (const appearances of [[red, blue], []]) {
        const people = [walker('left', 50, 590, 4), walker('right', 590, 50, 4, 262)].map((person, i) => ({
          ...person,
          ...(appearances[i] && { appearance: appearances[i] }),
        }));
        const film = track(people, { seconds: 4, fps });
        assert.deepEqual([film.ids.get('left'), film.ids.get('right')], [[1], [2]], `${fps} fps`);
      }
  });

  test('one that is hidden by another comes back as itself', () => {
    const front: Person = { ...walker('front', 100, 540, 5), appearance: red };
    const behind: Person = {
      name: 'behind',
      appearance: blue,
      at: (s) => (s > 2 && s < 3.2 ? undefined : { x: 320 + 10 * s, y: 240, size: 50 }),
    };
    const film = track([front, behind], { seconds: 5, fps: 15 });
    assert.deepEqual([film.ids.get('front'), film.ids.get('behind')], [[1], [2]]);
    assert.equal(film.ended.length, 2);
  });

  test('one that comes and covers another at once is itself, where frames are few', () => {
    const covered: Person = { name: 'covered', at: (s) => (s < 3 || s > 4 ? sitting : undefined) };
    const coming: Person = {
      name: 'coming',
      at: (s) => (s >= 2.59 && s < 4 ? { x: 255 + 90 * (s - 2.6), y: 245, size: 100 } : undefined),
    };
    const film = track([covered, coming], { seconds: 6, fps: 5 });
    assert.deepEqual([film.ids.get('covered'), film.ids.get('coming')], [[1], [2]]);
  });

  test('one that takes another’s place looks different and is another', () => {
    const first: Person = { name: 'first', appearance: red, at: (s) => (s < 2 ? sitting : undefined) };
    const second: Person = { name: 'second', appearance: blue, at: (s) => (s > 3 ? sitting : undefined) };
    assert.equal(track([first, second], { seconds: 6, fps: 10 }).begun.length, 2);
  });

  test('one far behind, where a near one was, is another', () => {
    const near: Person = { name: 'near', at: (s) => (s < 2 ? { ...sitting, size: 120 } : undefined) };
    const far: Person = { name: 'far', at: (s) => (s > 2.5 ? { ...sitting, size: 30 } : undefined) };
    assert.equal(track([near, far], { seconds: 5, fps: 10 }).begun.length, 2);
  });

  test('a camera that pans breaks no track', () => {
    const people = [150, 320, 500].map((x, i): Person => {
      return {
        name: `${i}`,
        at: (s) => ({ x: x + 120 * Math.sin(s), y: 240 + 40 * Math.sin(2 * s), size: 70 }),
      };
    });
    const film = track(people, { seconds: 10, fps: 10 });
    assert.deepEqual([film.begun.length, film.ended.length], [3, 3]);
    assert.ok([...film.ids.values()].every((ids) => ids.length === 1));
  });

  test('one that comes closer is one all the way', () => {
    const coming: Person = { name: 'a', at: (s) => ({ x: 320 + 20 * s, y: 240, size: 20 * 1.5 ** s }) };
    assert.deepEqual(track([coming], { seconds: 5, fps: 10 }).ids.get('a'), [1]);
  });
});

suite('time', () => {
  const person: Person = { name: 'a', at: (s) => ({ ...sitting, x: 320 + 40 * Math.sin(s) }) };

  test('that jumps back breaks no visit, and no visit of later lasts longer', () => {
    const leaving: Person = { name: 'a', at: (s) => (s < 6 ? person.at(s) : undefined) };
    const film = track([leaving], {
      seconds: 12,
      fps: 10,
      clock: (s) => s * 1000 - (s >= 3 ? 3_600_000 : 0),
    });
    assert.equal(film.begun.length, 1);
    assert.ok((film.ended[0]?.at ?? 0) < 8.2, 'the gap is counted after the jump');
    assert.equal(film.ended[0]?.end, 5900 - 3_600_000, 'its end is by the caller’s clock');
  });

  test('that jumps on is a gap', () => {
    const film = track([person], { seconds: 6, fps: 10, clock: (s) => s * 1000 + (s >= 3 ? 3_600_000 : 0) });
    assert.equal(film.begun.length, 2);
  });

  test('without frames ends visits as well', () => {
    const tracker = createTracker();
    for (const time of [0, 100, 200]) tracker.update(frameOf(time, 0.9));
    assert.deepEqual(tracker.elapse(2100).ended, []);
    assert.equal(tracker.elapse(2300).ended[0]?.end, 200);
  });

  test('the same boxes give the same answers, whatever the size of the picture', () => {
    const play = (scale: number) => {
      const tracker = createTracker();
      return Array.from({ length: 30 }, (_, i) => {
        const box = { x: (100 + 5 * i) * scale, y: 100 * scale, width: 60 * scale, height: 60 * scale };
        const update = tracker.update({
          time: i * 100,
          width: 640 * scale,
          height: 480 * scale,
          detections: [{ box, confidence: 0.9 }],
        });
        return update.faces.map((face) => face && { ...face, speed: Math.round(face.speed * 1e6) });
      });
    };
    assert.deepEqual(play(1), play(1));
    assert.deepEqual(play(1), play(3));
  });
});

test('a visit is expected where it goes, and where it was when it has been away for long', () => {
  const tracker = createTracker();
  const boxAt = (i: number) => ({ x: 100 + 6 * i, y: 200, width: 60, height: 60 });
  for (let i = 0; i <= 20; i++) tracker.update(frameOf(i * 50, 0.9, boxAt(i)));
  const middle = (time: number) => (tracker.expected(time)[0]?.x ?? 0) + 30;
  assert.ok(Math.abs(middle(1100) - (130 + 6 * 22)) < 6, `${middle(1100)}`);
  assert.ok(Math.abs(middle(2500) - (130 + 6 * 20)) < 6, `${middle(2500)}`);
  tracker.update(frameOf(4000));
  assert.deepEqual(tracker.expected(4000), []);
});

test('one that a detector finds now and then is a visit, if somebody looks where it is expected', () => {
  const box = { x: 280, y: 200, width: 80, height: 80 };
  const visits = (again: boolean) => {
    const tracker = createTracker();
    let begun = 0;
    for (let i = 0; i < 60; i++) {
      const expected = again && tracker.expected(i * 50).length > 0;
      begun += tracker.update(frameOf(i * 50, expected || i % 5 === 0 ? 0.6 : undefined, box)).begun.length;
    }
    return begun;
  };
  assert.deepEqual([visits(false), visits(true)], [0, 1]);
  const tracker = createTracker();
  tracker.update(frameOf(0, 0.6, box));
  tracker.update(frameOf(50));
  assert.equal(tracker.expected(100).length, 1);
  tracker.update(frameOf(1200));
  assert.deepEqual(tracker.expected(1200), []);
});

suite('what never moves', () => {
  const flickering = (appearance?: typeof red): Person => ({
    name: 'spot',
    ...(appearance && { appearance }),
    // there for 3 s, away for 4 s
    at: (s) => (s % 7 < 3 ? { x: 50, y: 285, size: 40 } : undefined),
  });

  test('is one visit, however often it comes', () => {
    const film = track([flickering(red)], { seconds: 60, fps: 10, jitter: 0.03, random: sequence() });
    assert.deepEqual([film.begun.length, film.ended.length, film.ended[0]?.still], [1, 1, true]);
  });

  test('in its place another face is a visit', () => {
    const other: Person = {
      name: 'other',
      appearance: blue,
      at: (s) => (s > 31.5 && s < 34 ? { x: 50, y: 285, size: 40 } : undefined),
    };
    const film = track([flickering(red), other], { seconds: 40, fps: 10 });
    assert.equal(film.begun.length, 2);
  });

  test('and then moves is a visit from then on', () => {
    const waking: Person = {
      name: 'spot',
      at: (s) => (s < 20 ? flickering().at(s) : { x: 50 + 30 * (s - 20), y: 285, size: 40 }),
    };
    const film = track([waking], { seconds: 25, fps: 10 });
    assert.equal(film.begun.length, 2);
    assert.equal(film.ended.at(-1)?.still, false);
  });
});

test('wrong arguments are coded errors', () => {
  const wrong = { code: 'FACEPIPE_E_ARGUMENT' };
  assert.throws(() => createTracker({ visitGap: -1 }), wrong);
  assert.throws(() => createTracker({ weak: 0.6 }), wrong);
  assert.throws(() => createTracker({ confident: Number.NaN }), wrong);
  const tracker = createTracker();
  assert.throws(() => tracker.update(frameOf(Number.POSITIVE_INFINITY)), wrong);
  assert.throws(() => tracker.update({ ...frameOf(0), width: 0 }), wrong);
  const flat = { x: 0, y: 0, width: 0, height: 10 };
  assert.throws(() => tracker.update(frameOf(0, 0.9, flat)), wrong);
});

/** Numbers from 0 to 1 that are the same each time. */
function sequence(): () => number {
  let n = 0;
  return () => (++n * 0.618_033_988_75) % 1;
}
