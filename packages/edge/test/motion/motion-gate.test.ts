import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Image } from '@facepipe/core';
import { FacepipeError } from '@facepipe/service';
import type { Box } from '@facepipe/wire';
import { createMotionGate } from '../../dist/motion/motion-gate.js';
import { demoScene } from '../../dist/source/scene.js';
import { contains, covers, createCamera, type Moment, size, watch } from './room.js';

type Answers = ReturnType<typeof watch>;

const from = (answers: Answers, time: number, to = Number.POSITIVE_INFINITY) =>
  answers.filter((one) => one.time >= time && one.time < to);
const searches = (answers: Answers) => answers.filter(({ search }) => search.area !== 'none');
const parts = (answers: Answers) => answers.filter(({ search }) => search.area === 'boxes');
const still: Box = { x: 120, y: 80, width: 60, height: 60 };
/** Walks to the right, 120 pixels a second. */
const walker = (second: number): Box => ({ x: Math.round(20 + 120 * second), y: 90, width: 40, height: 40 });

suite('the whole frame', () => {
  test('is searched first and then at least every second, at any rate', () => {
    for (const fps of [1, 3, 7.5, 10, 12, 29.97, 30, 60]) {
      const whole = watch({ fps, seconds: 6 }).filter(({ search }) => search.area === 'frame');
      assert.equal(whole[0]?.time, 0);
      const gaps = whole.slice(1).map(({ time }, i) => time - (whole[i]?.time ?? 0));
      assert.ok(Math.max(...gaps) <= 1000.001, `${fps} fps: ${Math.max(...gaps)}`);
      assert.ok(Math.min(...gaps) > 850 || fps < 10, `${fps} fps: ${Math.min(...gaps)}`);
    }
  });

  test('is searched where frames are rarer than that, every time', () => {
    assert.equal(searches(watch({ fps: 0.2, seconds: 50 })).length, 10);
  });

  test('is searched as often as asked', () => {
    assert.equal(searches(watch({ fps: 20, seconds: 5, gate: { wholeEvery: 500 } })).length, 10);
  });

  test('is searched when frames have another size or format, or time goes back', () => {
    const gate = createMotionGate();
    const camera = createCamera();
    const small: Image = { data: new Uint8Array(160 * 120), width: 160, height: 120, format: 'gray' };
    const areas = [
      gate.look(camera(), 1000, []),
      gate.look(camera(), 1033, []),
      gate.look(small, 1066, []),
      gate.look(small, 1100, []),
      gate.look(small, 200, []),
      gate.look(small, 233, []),
    ].map(({ area }) => area);
    assert.deepEqual(areas, ['frame', 'none', 'frame', 'none', 'frame', 'none']);
  });

  test('is searched where there is too little of it to see anything move, no oftener than all else', () => {
    const gate = createMotionGate();
    const tiny: Image = { data: new Uint8Array(24 * 20), width: 24, height: 20, format: 'gray' };
    const areas = Array.from({ length: 300 }, (_, i) => gate.look(tiny, 33 * i, []).area);
    assert.ok(!areas.includes('boxes'));
    const count = areas.filter((area) => area === 'frame').length;
    assert.ok(count > 60 && count < 100, String(count));
  });
});

suite('a room in which nothing moves', () => {
  test('is not searched for noise, of a good sensor or in the dark', () => {
    for (const noise of [0, 2, 5, 12])
      for (const seed of [1, 2]) {
        const answers = watch({ fps: 30, seconds: 12, at: () => ({ noise }), seed });
        assert.equal(parts(answers).length, 0, `noise ${noise}`);
        assert.ok(searches(answers).length <= 13, `noise ${noise}: ${searches(answers).length}`);
      }
  });

  test('is not searched for light that fades, everywhere or on one side', () => {
    const fade = (second: number): Moment => ({ light: (b) => b * (1 - 0.04 * second) });
    const sun = (second: number): Moment => ({ light: (b, x) => b + (x < 120 ? 2 * second : 0) });
    for (const at of [fade, sun]) {
      const answers = watch({ fps: 15, seconds: 15, at });
      assert.equal(parts(answers).length, 0);
      assert.ok(searches(answers).length <= 17);
    }
  });

  test('is not searched for exposure that hunts, nor after a while for the bands of lamps', () => {
    const hunts = (second: number): Moment => ({ light: (b) => b * (1 + 0.3 * Math.sin(4 * second)) });
    assert.ok(searches(watch({ fps: 30, seconds: 8, at: hunts })).length <= 9);
    // of 100 Hz, with rows read one after the other
    const bands = (second: number): Moment => ({
      light: (b, _, y) => b * (1 + 0.08 * Math.sin(2 * Math.PI * (y / 120 + 3.1 * second))),
    });
    const banded = from(watch({ fps: 30, seconds: 14, at: bands }), 6000);
    assert.ok(searches(banded).length <= 10, String(searches(banded).length));
  });
});

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

  test('is seen in the demo scene: its faces are looked for within two frames of where they come', async () => {
    const gate = createMotionGate();
    const source = await demoScene({ realtime: false, width: 320, height: 240 });
    const stop = new AbortController();
    const missed = new Map<string, number>();
    let [index, faces, pixels] = [0, 0, 0];
    for await (const frame of source.frames(stop.signal)) {
      const search = gate.look(frame, 100 * index, []);
      index++;
      if (search.area === 'frame') pixels += 320 * 240;
      if (search.area === 'boxes') for (const box of search.boxes) pixels += box.width * box.height;
      for (const face of frame.truth ?? []) {
        faces++;
        const key = `${face.width}`;
        missed.set(key, covers(search, face) ? 0 : (missed.get(key) ?? 0) + 1);
        assert.ok((missed.get(key) ?? 0) <= 3, `frame ${index}: ${JSON.stringify(face)}`);
      }
      if (index === 300) stop.abort();
    }
    assert.ok(faces > 100, String(faces));
    assert.ok(pixels < index * 320 * 240);
  });
});

suite('another light', () => {
  const lamps: [string, Moment][] = [
    ['the light goes out', { light: (b) => 0.3 * b }],
    ['the light goes on', { light: (b) => 1.6 * b + 20 }],
    [
      'a lamp in a corner',
      { light: (b, x, y) => b + 120 * Math.exp(-((x - 40) ** 2 + (y - 40) ** 2) / 2e4) },
    ],
    ['infrared', { light: (b, x) => 190 - 0.8 * b + 30 * Math.sin(x / 40), noise: 10 }],
    ['overexposed', { light: (b) => 3 * b }],
  ];
  for (const [name, other] of lamps)
    test(`${name}: a search or few, then quiet, then it sees again`, () => {
      const thing: Box = { x: 220, y: 150, width: 40, height: 40 };
      const at = (second: number): Moment =>
        second < 3
          ? {}
          : second < 9
            ? other
            : { ...other, thing: { ...thing, x: 100 + Math.round(60 * (second - 9)) } };
      const answers = watch({ fps: 30, seconds: 10, at });
      const after = searches(from(answers, 3000, 5500)).length;
      assert.ok(after <= 20, `${after} searches`);
      assert.equal(parts(from(answers, 6000, 9000)).length, 0);
      assert.ok(searches(from(answers, 6000, 9000)).length <= 5);
      if (name !== 'overexposed') assert.ok(searches(from(answers, 9000, 9200)).length > 0, 'blind');
    });

  test('answered at once where all of it changed', () => {
    const at = (second: number): Moment => (second < 3.4 ? {} : { light: (b) => 200 - b });
    const [first] = searches(from(watch({ fps: 30, seconds: 4, at }), 3400));
    assert.deepEqual(first && [first.search.area, first.time < 3440], ['frame', true]);
  });

  test('does not hide what moves in it, when the exposure follows', () => {
    const at = (second: number): Moment => ({
      light: (b) => b * (1 + 0.25 * Math.sin(3 * second)),
      ...(second >= 4 && { thing: walker(second - 4) }),
    });
    const answers = from(watch({ fps: 30, seconds: 5, at }), 4000);
    assert.ok(
      searches(answers).filter(({ time, search }) => covers(search, walker(time / 1000 - 4))).length >= 7,
    );
  });
});

suite('visits', () => {
  test('are searched around four times a second where nothing moves', () => {
    const answers = from(watch({ fps: 30, seconds: 8, expected: () => [still] }), 2000);
    const count = searches(answers).length;
    assert.ok(count >= 20 && count <= 30, String(count));
    for (const { search } of parts(answers))
      assert.ok(covers(search, { x: 95, y: 55, width: 110, height: 110 }));
  });

  test('are searched around as often as asked where something moves, wherever that is', () => {
    const at = (second: number) => ({
      thing: { ...walker(0), x: 20 + Math.round(20 * Math.sin(9 * second)) },
    });
    const answers = from(watch({ fps: 30, seconds: 6, at, expected: () => [{ ...still, x: 230 }] }), 2000);
    const count = searches(answers).length;
    assert.ok(count >= 28 && count <= 40, String(count));
    for (const { search } of answers)
      if (search.area !== 'none') assert.ok(covers(search, { ...still, x: 230 }));
  });

  test('outside the frame are no place to look', () => {
    const away = [{ x: -500, y: 20, width: 50, height: 50 }];
    assert.equal(parts(watch({ fps: 10, seconds: 4, expected: () => away })).length, 0);
  });
});

test('the same picture is the same in every format, and colours of one brightness as grey', () => {
  const [width, height] = [size.width, size.height];
  const pixels = width * height;
  const planar = (gray: Uint8ClampedArray | Uint8Array, fill: number) => {
    const data = new Uint8Array(pixels * 1.5).fill(fill);
    data.set(gray);
    return data;
  };
  const spread = (gray: Uint8ClampedArray | Uint8Array, bytes: number, colours: number) => {
    const data = new Uint8Array(pixels * bytes).fill(77);
    for (let i = 0; i < pixels; i++) for (let c = 0; c < colours; c++) data[i * bytes + c] = gray[i] ?? 0;
    return data;
  };
  const made = {
    gray: (gray: Image['data']) => new Uint8ClampedArray(gray),
    nv12: (gray: Image['data']) => planar(gray, 99),
    i420: (gray: Image['data']) => planar(gray, 11),
    yuyv: (gray: Image['data']) => spread(gray, 2, 1),
    rgb: (gray: Image['data']) => spread(gray, 3, 3),
    bgr: (gray: Image['data']) => spread(gray, 3, 3),
    rgba: (gray: Image['data']) => spread(gray, 4, 3),
    bgra: (gray: Image['data']) => spread(gray, 4, 3),
  };
  const answers = Object.entries(made).map(([format, make]) => {
    const camera = createCamera();
    const gate = createMotionGate();
    return Array.from({ length: 90 }, (_, i) => {
      const { data } = camera(i > 40 ? { thing: walker((i - 40) / 30) } : {});
      return gate.look({ ...size, format: format as Image['format'], data: make(data) }, 33 * i, []);
    });
  });
  assert.ok(answers[0]?.some(({ area }) => area === 'boxes'));
  for (const other of answers) assert.deepEqual(other, answers[0]);
});

test('a picture is only read, and the same frames have the same answers', () => {
  const film = { fps: 20, seconds: 3, at: (second: number) => ({ thing: walker(second) }) };
  assert.deepEqual(watch(film), watch(film));
  const image = createCamera()();
  const before = image.data.slice();
  createMotionGate().look(image, 0, []);
  assert.deepEqual(image.data, before);
});

test('wrong options, pictures, times and boxes are one coded sentence', () => {
  const refused = (run: () => unknown, said: RegExp) =>
    assert.throws(
      run,
      (error: unknown) =>
        error instanceof FacepipeError && error.code === 'FACEPIPE_E_ARGUMENT' && said.test(error.message),
    );
  refused(() => createMotionGate({ minSize: 0 }), /minSize/);
  refused(() => createMotionGate({ searchRate: Number.POSITIVE_INFINITY }), /searchRate/);
  refused(() => Reflect.apply(createMotionGate, undefined, [7]), /options/);
  const gate = createMotionGate();
  const image = createCamera()();
  const box = { x: 0, y: 0, width: 1, height: 1 };
  const look =
    (...args: unknown[]) =>
    () =>
      Reflect.apply(gate.look, gate, args);
  refused(look(), /image/);
  refused(look({ ...image, format: 'jpeg' }, 0, []), /format/);
  refused(look({ ...image, format: 'toString' }, 0, []), /format/);
  refused(look({ ...image, width: 321 }, 0, []), /data/);
  refused(look({ ...image, width: 0 }, 0, []), /width/);
  refused(look({ ...image, data: {} }, 0, []), /data/);
  refused(look(image, Number.NaN, []), /time/);
  refused(look(image, Number.POSITIVE_INFINITY, []), /time/);
  refused(look(image, 0), /expected/);
  refused(look(image, 0, [{ ...box, width: 0 }]), /expected/);
  refused(look(image, 0, [{ ...box, x: Number.POSITIVE_INFINITY }]), /expected/);
});
