import type { Dice } from './dice.js';

// Bytes spoilt in the ways lines and disks spoil them, and in those that attackers choose.

/** Numbers that lengths, counts and offsets are wrong by. */
const numbers = [0, 1, 2, 4, 8, 12, 127, 128, 255, 256, 4095, 4096, 32_767, 32_768, 65_535, 65_536];
const large = [2 ** 24, 2 ** 28, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 8, 2 ** 32 - 1];

export const randomBytes = (dice: Dice, most: number): Buffer =>
  Buffer.from(dice.list(dice.between(0, most), () => dice.between(0, 255)));

/** Where the next change goes: headers are in front. */
function place(dice: Dice, length: number): number {
  return dice.chance(70) ? dice.between(0, Math.min(length, 300)) : dice.between(0, length);
}

function cut(dice: Dice, bytes: Buffer): [number, number] {
  const from = place(dice, bytes.length);
  return [from, Math.min(bytes.length, from + dice.between(1, dice.chance(80) ? 64 : bytes.length))];
}

type Spoiler = (dice: Dice, bytes: Buffer, other: Buffer) => Buffer;

const number: Spoiler = (dice, bytes) => {
  const width = dice.one([1, 2, 2, 4, 4, 4] as const);
  if (bytes.length < width) return bytes;
  const at = Math.min(place(dice, bytes.length), bytes.length - width);
  const value = dice.one(dice.chance(70) ? numbers : large) % 2 ** (8 * width);
  if (dice.chance(50)) bytes.writeUIntBE(value, at, width);
  else bytes.writeUIntLE(value, at, width);
  return bytes;
};

const spoilers: Spoiler[] = [
  number,
  number,
  number,
  (dice, bytes) => {
    const at = place(dice, bytes.length);
    if (at < bytes.length) bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << dice.between(0, 7)), at);
    return bytes;
  },
  (dice, bytes) => bytes.subarray(0, place(dice, bytes.length)),
  (dice, bytes) => {
    const [from, to] = cut(dice, bytes);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (dice, bytes) => {
    const [from, to] = cut(dice, bytes);
    const times = dice.one([2, 2, 3, 1000]);
    const part = bytes.subarray(from, to);
    const room = Math.floor(262_144 / (part.length + 1));
    return Buffer.concat([
      bytes.subarray(0, to),
      ...Array.from({ length: Math.min(times, room) }, () => part),
      bytes.subarray(to),
    ]);
  },
  (dice, bytes) => {
    const [from, to] = cut(dice, bytes);
    const at = place(dice, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(from, to), bytes.subarray(at)]);
  },
  (dice, bytes) => {
    const at = place(dice, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), randomBytes(dice, 40), bytes.subarray(at)]);
  },
  (dice, bytes, other) => {
    const [from, to] = cut(dice, other);
    const at = place(dice, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(from, to), bytes.subarray(at)]);
  },
  (dice, bytes) => {
    const [from, to] = cut(dice, bytes);
    return bytes.fill(dice.one([0, 0, 0xff, 0x41]), from, to);
  },
];

/** A spoilt copy of `bytes`, into which pieces of `other` may get. */
export function spoilt(dice: Dice, bytes: Uint8Array, other: Uint8Array = bytes): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let left = dice.one([0, 1, 1, 1, 2, 3, 8]); left > 0; left--) {
    result = dice.one(spoilers)(dice, Buffer.from(result), Buffer.from(other));
  }
  return result;
}

/** The bytes in pieces of random lengths. */
export function* pieces(dice: Dice, bytes: Buffer): Generator<Buffer> {
  const longest = dice.one(bytes.length < 20_000 ? [1, 7, 100, 4096] : [100, 4096, 100_000]);
  for (let at = 0; at < bytes.length; ) {
    const to = at + dice.between(1, longest);
    yield bytes.subarray(at, to);
    at = to;
  }
}
