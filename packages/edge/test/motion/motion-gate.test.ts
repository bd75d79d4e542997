import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Image } from '@facepipe/core';
import { FacepipeError } from '@facepipe/service';
import { createMotionGate } from '../../dist/motion/motion-gate.js';
import { covers, createCamera, from, parts, searches, size, still, walker, watch } from './room.js';

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

  test('is routine only where nothing moves and nobody is followed', () => {
    const routine = (answers: ReturnType<typeof watch>) =>
      from(answers, 500).flatMap(({ search }) => (search.area === 'frame' ? [search.routine === true] : []));
    const nobody = routine(watch({ fps: 10, seconds: 8 }));
    assert.ok(nobody.length >= 7 && nobody.every(Boolean), String(nobody));
    const followed = routine(watch({ fps: 10, seconds: 8, expected: () => [still] }));
    assert.ok(followed.length >= 7 && !followed.some(Boolean), String(followed));
    const walking = routine(watch({ fps: 10, seconds: 2.4, at: (second) => ({ thing: walker(second) }) }));
    assert.ok(!walking.includes(true), String(walking));
  });

  test('is searched where frames are rarer than that, every time', () => {
    assert.equal(searches(watch({ fps: 0.2, seconds: 50 })).length, 10);
  });

  test('is searched as often as asked', () => {
    assert.equal(searches(watch({ fps: 20, seconds: 5, gate: { wholeEvery: 500 } })).length, 10);
  });

  test('is searched when frames have another size, and when time goes back', () => {
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
    assert.ok(count > 80 && count < 115, String(count));
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

  test('are looked for where they were last seen too, should they not have gone on as expected', () => {
    const falling = (second: number) => [{ ...still, y: 80 + Math.round(100 * (second - 2)) }];
    const expected = (second: number) => (second < 2 ? [still] : falling(second));
    const answers = from(watch({ fps: 30, seconds: 3, expected }), 2000);
    for (const { time, search } of parts(answers)) {
      const before =
        searches(answers)
          .filter((one) => one.time < time)
          .at(-1)?.time ?? 2000;
      const [then] = falling((before + 34) / 1000);
      if (then) assert.ok(covers(search, then), `${time}`);
    }
    assert.ok(parts(answers).length >= 2);
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
