import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { crc32, headerBytes, layerBytes } from '../dist/blaze-compact.js';
import { createVerifier, FacepipeError } from '../dist/index.js';
import { Dice } from './fuzz-dice.js';

// FACEPIPE_FUZZ_SEED asks other cases
const seed = Number(process.env.FACEPIPE_FUZZ_SEED ?? 1);
const published = await readFile(new URL('../weights/short.blaze', import.meta.url));
const gray = { data: new Uint8Array(64 * 64).fill(99), width: 64, height: 64, format: 'gray' } as const;
const box = { x: 10, y: 10, width: 40, height: 40 };

/** With a checksum that is right: somebody else may have made it. */
function signed(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= headerBytes) view.setUint32(4, crc32(bytes.subarray(8)), true);
  return bytes;
}

/** Weights that are wrong by accident: cut off, lengthened, with other bits. */
function damaged(dice: Dice): Uint8Array {
  const bytes = Uint8Array.from(published);
  if (dice.chance(30)) return bytes.subarray(0, dice.between(0, bytes.length - 1));
  if (dice.chance(20)) return Uint8Array.from([...bytes.subarray(0, 5000), ...bytes]);
  for (let flips = dice.between(1, 4); flips > 0; flips--) {
    const at = dice.between(0, dice.chance(50) ? bytes.length - 1 : 1200);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.between(0, 7));
  }
  return bytes;
}

/** Weights that lie: numbers of the header and of layers are others, and the checksum fits. */
function hostile(dice: Dice): Uint8Array {
  const bytes = Uint8Array.from(published);
  const view = new DataView(bytes.buffer);
  for (let changes = dice.between(1, 3); changes > 0; changes--) {
    const value = dice.one([0, 1, 2, 5, 8, 16, 255, 256, 1024, 65535, dice.between(0, 65535)]);
    if (dice.chance(15)) view.setUint32(dice.one([8, 12]), value * dice.one([1, 65536]), true);
    else view.setUint16(headerBytes + 2 * dice.between(0, (layerBytes * 70) / 2), value, true);
  }
  const length = dice.chance(30) ? dice.between(headerBytes, bytes.length) : bytes.length;
  return signed(bytes.slice(0, length));
}

/** Weights of the right shape with any numbers in them. */
function noise(dice: Dice): Uint8Array {
  const bytes = Uint8Array.from(published);
  for (let at = 1200; at < bytes.length; at++) if (dice.chance(30)) bytes[at] = dice.between(0, 255);
  return signed(bytes);
}

/** Returns when it ends with verdicts or a coded error; anything else, a trap too, is a fault. */
async function ask(weights: Uint8Array): Promise<string> {
  try {
    const verifier = await createVerifier({ weights });
    const [verdict] = await verifier.verify(gray, [box]);
    assert.ok(verdict && verdict.score >= 0 && verdict.score <= 1 && Number.isFinite(verdict.box.x));
    return 'verdict';
  } catch (error) {
    assert.ok(error instanceof FacepipeError, String(error));
    assert.doesNotMatch(error.message, /unreachable|out of bounds/);
    return error.code;
  }
}

suite('weights that are not the published ones', () => {
  test('cut off, lengthened or with other bits are refused', async () => {
    for (let number = seed; number < seed + 150; number++) {
      assert.equal(await ask(damaged(new Dice(number))), 'FACEPIPE_E_WEIGHTS_INVALID', `seed ${number}`);
    }
  });

  test('that lie about sizes, with a checksum that fits, are refused or give verdicts', async (t) => {
    const outcomes = new Map<string, number>();
    for (let number = seed; number < seed + 200; number++) {
      const outcome = await ask(hostile(new Dice(number))).catch((error: unknown) => {
        throw new Error(`seed ${number}: ${error}`, { cause: error });
      });
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    t.diagnostic(JSON.stringify([...outcomes]));
    assert.ok((outcomes.get('FACEPIPE_E_WEIGHTS_INVALID') ?? 0) > 50);
  });

  test('with any numbers give verdicts', async () => {
    for (let number = seed; number < seed + 5; number++)
      assert.equal(await ask(noise(new Dice(number))), 'verdict');
  });
});
