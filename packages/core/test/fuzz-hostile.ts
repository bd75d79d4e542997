import type { Dice } from './fuzz-dice.js';

// Values that a caller of JavaScript can give where the types ask for another.

const nothings = [undefined, null, '', 'width', true, {}, [], () => 1, Symbol('fuzz'), 10n, new Date(0), /x/];

/** A number of any kind, or something else. */
export function hostileValue(dice: Dice): unknown {
  if (dice.chance(60)) return hostileNumber(dice);
  if (dice.chance(60)) return dice.one<unknown>(nothings);
  return dice.one<() => unknown>([
    () => Object.create(null),
    () => ({ width: Symbol('fuzz'), height: Object.create(null) }),
    () => ({ width: hostileNumber(dice), height: hostileNumber(dice) }),
    () => ({ constructor: { name: Symbol('fuzz') } }),
    () => ({ length: 2 ** 32 }),
    () => new Array(dice.one([1, 3, 2 ** 32 - 1])),
    () => dice.list(dice.between(0, 2000), () => hostileNumber(dice)),
    () => new Uint8Array(dice.between(0, 100)),
    () => new Float64Array(dice.between(0, 100)).fill(Number.NaN),
    () => new DataView(new ArrayBuffer(8)),
    () => new Map([['width', 24]]),
    () => new URL('data:text/xml,<a/>'),
    () => 'x'.repeat(100_000),
    detachedBuffer,
  ])();
}

function detachedBuffer(): ArrayBuffer {
  const buffer = new ArrayBuffer(64);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

export function hostileNumber(dice: Dice): number {
  return dice.one([
    ...[0, -0, 1, -1, 2, 3, 0.5, -0.5, 1.1, 24, 254, 255, 256, 1023, 1025, 4095, 65536, 2 ** 24, 2 ** 24 + 1],
    ...[2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53, 1e38, 3.5e38, 1e39, -1e39, 1e308, 5e-324, 1e-40],
    ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1 + 2 ** -52, 1.000001],
    dice.real(-10, 10),
    dice.between(-50, 50),
  ]);
}

type Container = Record<string, unknown>;

/** Members of which some are what they should be. */
export function spoiltMembers(dice: Dice, sound: Container): Container {
  const spoilt: Container = {};
  for (const [name, value] of Object.entries(sound)) {
    if (dice.chance(97)) spoilt[name] = dice.chance(15) ? hostileValue(dice) : value;
  }
  return spoilt;
}
