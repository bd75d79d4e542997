import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Landmarks } from '@facepipe/core';
import type { Pixels } from '@facepipe/wire';
import sharp, { type Sharp } from 'sharp';
import { appearanceOf, likeness } from '../../dist/visit/appearance.js';
import { frontalityOf, poseOf } from '../../dist/visit/frontality.js';
import { lumaOf, resized } from '../../dist/visit/luma.js';
import { type FaceContext, measureQuality } from '../../dist/visit/quality.js';

const photos = new URL('../../photos/', import.meta.url);
/** The face in the astronaut's picture of 512×512. */
const face = { left: 180, top: 70, width: 110, height: 110 };

async function astronaut(change: (picture: Sharp) => Sharp = (picture) => picture): Promise<Pixels> {
  const cut = sharp(fileURLToPath(new URL('astronaut.png', photos)))
    .removeAlpha()
    .extract(face);
  const { data, info } = await change(sharp(await cut.png().toBuffer()))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const channels = info.channels === 1 ? 1 : 3;
  return { data, width: info.width, height: info.height, channels };
}

const frame = { width: 512, height: 512 };
const contextOf = ({ width, height }: Pixels, x = 200, y = 200): FaceContext => {
  return { box: { x, y, width, height }, frame };
};
const partsOf = (pixels: Pixels, more: Partial<FaceContext> = {}) =>
  measureQuality(pixels, { ...contextOf(pixels), ...more }).parts;

/** A head of radius 1 at the origin, turned, nodding and tilted by so many degrees: six points as they project. */
function head(yaw: number, roll = 0): Landmarks {
  const [turn, tilt] = [yaw, roll].map((angle) => (angle * Math.PI) / 180);
  const place = (side: number, down: number, out: number) => {
    const x = out * Math.sin((side * Math.PI) / 180 + (turn ?? 0));
    const [sin, cos] = [Math.sin(tilt ?? 0), Math.cos(tilt ?? 0)];
    return { x: x * cos - down * sin, y: x * sin + down * cos };
  };
  return {
    rightEye: place(-30, 0, 0.9),
    leftEye: place(30, 0, 0.9),
    noseTip: place(0, 0.4, 1.2),
    mouthCenter: place(0, 0.8, 1),
    rightEarTragion: place(-90, 0.1, 1),
    leftEarTragion: place(90, 0.1, 1),
  };
}

suite('quality', () => {
  test('falls with everything that spoils a face, and each time by its own part', async () => {
    const whole = await astronaut();
    const { score, parts } = measureQuality(whole, { ...contextOf(whole), landmarks: head(0) });
    assert.ok(
      score > 60 && parts.frontality === 100 && parts.edge === 100 && parts.motion === 100,
      `${score}`,
    );
    const worse: [keyof typeof parts, Pixels, Partial<FaceContext>][] = [
      ['size', await astronaut((picture) => picture.resize(30, 30)), {}],
      ['sharpness', await astronaut((picture) => picture.blur(3)), {}],
      ['frontality', whole, { landmarks: head(35) }],
      ['frontality', whole, { confidence: 0.4 }],
      ['exposure', await astronaut((picture) => picture.linear(2.5, 0)), {}],
      ['exposure', await astronaut((picture) => picture.linear(0.15, 0)), {}],
      ['exposure', await astronaut((picture) => picture.linear(0.1, 100)), {}],
      ['edge', whole, { box: { x: -20, y: 200, width: 110, height: 110 } }],
      ['motion', whole, { speed: 3 }],
    ];
    for (const [part, pixels, more] of worse) {
      const spoilt = measureQuality(pixels, { ...contextOf(pixels), landmarks: head(0), ...more });
      assert.ok(spoilt.parts[part] < parts[part] - 10, `${part}: ${spoilt.parts[part]} of ${parts[part]}`);
      assert.ok(spoilt.score < score, `${part}: ${spoilt.score} of ${score}`);
    }
  });

  test('one look that takes a turned head for a level one does not make it so, and what is long ago counts no more', async () => {
    const whole = await astronaut();
    const frontality = (ago: number) =>
      partsOf(whole, { landmarks: head(0), before: { frontality: 10, ago } }).frontality;
    assert.ok(frontality(33) < 50, `${frontality(33)}`);
    assert.ok(frontality(33) < frontality(100));
    assert.equal(frontality(2000), 100);
  });

  test('is 0 to 100 for whatever there is', () => {
    const flat = (value: number, side: number, channels: 1 | 3): Pixels => {
      return {
        data: new Uint8Array(side * side * channels).fill(value),
        width: side,
        height: side,
        channels,
      };
    };
    for (const side of [1, 2, 64, 300])
      for (const channels of [1, 3] as const)
        for (const value of [0, 128, 255]) {
          const pixels = flat(value, side, channels);
          const { score, parts } = measureQuality(pixels, contextOf(pixels));
          for (const one of [score, ...Object.values(parts)])
            assert.ok(Number.isInteger(one) && one >= 0 && one <= 100, `${side} ${value}: ${one}`);
        }
  });

  test('sharpness is of the face’s scale: a larger picture of the same face is no sharper', async () => {
    const [small, large] = [await astronaut(), await astronaut((picture) => picture.resize(330, 330))];
    const difference = partsOf(small).sharpness - partsOf(large).sharpness;
    assert.ok(Math.abs(difference) <= 6, `${difference}`);
  });

  test('sharpness is of the structure, not of the light', async () => {
    const dim = await astronaut((picture) => picture.linear(0.6, 20));
    const difference = partsOf(await astronaut()).sharpness - partsOf(dim).sharpness;
    assert.ok(Math.abs(difference) <= 6, `${difference}`);
  });

  test('noise is not sharpness', () => {
    const data = Uint8Array.from({ length: 128 * 128 }, (_, i) => 120 + ((i * 7919) % 5));
    assert.equal(partsOf({ data, width: 128, height: 128, channels: 1 }).sharpness, 0);
  });

  test('without landmarks the likeness of both halves stands in', async () => {
    const half = await astronaut();
    const data = new Uint8Array(half.data);
    for (let y = 0; y < half.height; y++)
      for (let x = 0; x < half.width / 2; x++)
        for (let c = 0; c < 3; c++)
          data[(y * half.width + half.width - 1 - x) * 3 + c] = data[(y * half.width + x) * 3 + c] ?? 0;
    assert.equal(partsOf({ ...half, data }).frontality, 100);
    assert.ok(partsOf(half).frontality < 100);
  });

  test('wrong arguments are coded errors', () => {
    const wrong = { code: 'FACEPIPE_E_ARGUMENT' };
    const short: Pixels = { data: new Uint8Array(10), width: 4, height: 4, channels: 1 };
    assert.throws(() => measureQuality(short, contextOf(short)), wrong);
    const empty: Pixels = { data: new Uint8Array(0), width: 0, height: 4, channels: 1 };
    assert.throws(() => measureQuality(empty, contextOf(empty)), wrong);
    const whole: Pixels = { data: new Uint8Array(16), width: 4, height: 4, channels: 1 };
    const before = [{ frontality: Number.NaN, ago: 1 }, { frontality: 1 }] as {
      frontality: number;
      ago: number;
    }[];
    for (const one of before)
      assert.throws(() => measureQuality(whole, { ...contextOf(whole), before: one }), wrong);
  });
});

suite('frontality', () => {
  test('a turned head’s angle comes back from its landmarks', () => {
    for (const yaw of [0, 10, 20, 30, 40]) {
      const { yaw: found, roll } = poseOf(head(yaw, 15));
      assert.ok(Math.abs(found - yaw) < 2 && Math.abs(roll - 15) < 0.1, `${yaw}: ${found}, ${roll}`);
    }
  });

  test('it falls with the angle, to either side alike, and is a number for points that make no face', () => {
    const values = [0, 15, 30, 45, 60].map((yaw) => frontalityOf(head(yaw)));
    assert.deepEqual(
      values,
      values.toSorted((a, b) => b - a),
    );
    assert.ok(values[0] === 1 && values.at(-1) === 0, `${values}`);
    assert.ok(Math.abs(frontalityOf(head(20)) - frontalityOf(head(-20))) < 1e-9);
    const point = { x: 1, y: 1 };
    const none: Landmarks = {
      rightEye: point,
      leftEye: point,
      noseTip: point,
      mouthCenter: point,
      rightEarTragion: point,
      leftEarTragion: point,
    };
    assert.equal(frontalityOf(none), 0);
  });
});

suite('appearance', () => {
  test('is like itself at another size and light, and unlike another’s', async () => {
    const whole = appearanceOf(await astronaut());
    assert.ok(Math.abs(likeness(whole, whole) - 1) < 1e-9);
    assert.ok(likeness(whole, appearanceOf(await astronaut((picture) => picture.resize(60, 60)))) > 0.9);
    assert.ok(likeness(whole, appearanceOf(await astronaut((picture) => picture.tint('blue')))) < 0.8);
  });

  test('of grey pixels is that of the same in colour', () => {
    const data = Uint8Array.from({ length: 400 }, (_, i) => i % 256);
    const colour = Uint8Array.from({ length: 1200 }, (_, i) => Math.floor(i / 3) % 256);
    const size = { width: 20, height: 20 };
    const [a, b] = [
      appearanceOf({ data, ...size, channels: 1 }),
      appearanceOf({ data: colour, ...size, channels: 3 }),
    ];
    assert.ok(likeness(a, b) > 0.999);
  });
});

test('a picture made smaller keeps its brightness, and one made larger its shape', () => {
  const data = Uint8Array.from({ length: 100 * 70 }, (_, i) => (i * 31) % 256);
  const luma = lumaOf({ data, width: 100, height: 70, channels: 1 });
  const mean = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length;
  assert.ok(Math.abs(mean(resized(luma, 25, 14).data) - mean(luma.data)) < 3);
  assert.deepEqual(resized(luma, 100, 70).data, luma.data);
  const step = { data: Float32Array.of(0, 100), width: 2, height: 1 };
  assert.deepEqual([...resized(step, 4, 1).data], [0, 25, 75, 100]);
});
