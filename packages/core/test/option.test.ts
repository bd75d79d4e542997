import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DetectOptions, searchOf } from '../dist/option.js';

const image = { width: 640, height: 480 };

test('the defaults are those of detectMultiScale', () => {
  assert.deepEqual(searchOf({}, image), {
    scaleFactor: 1.1,
    minNeighbors: 3,
    minSize: { width: 0, height: 0 },
    maxSize: image,
    scores: false,
  });
  assert.deepEqual(
    searchOf({ minSize: undefined, scaleFactor: undefined } as DetectOptions, image),
    searchOf({}, image),
  );
});

test('a number is a square, and sizes may differ in their sides', () => {
  const { minSize, maxSize } = searchOf({ minSize: 30, maxSize: { width: 100, height: 30 } }, image);
  assert.deepEqual(
    [minSize, maxSize],
    [
      { width: 30, height: 30 },
      { width: 100, height: 30 },
    ],
  );
});

const refused: [unknown, string][] = [
  [{ scaleFactor: 1 }, 'Expected number greater than 1 for scaleFactor but received 1 of type number.'],
  [
    { scaleFactor: 1 + 2 ** -52 },
    'Expected number of at least 1.0001 for scaleFactor but received 1.0000000000000002 of type number.',
  ],
  [{ scaleFactor: 'foo' }, 'Expected number greater than 1 for scaleFactor but received foo of type string.'],
  [
    { scaleFactor: Number.NaN },
    'Expected number greater than 1 for scaleFactor but received NaN of type number.',
  ],
  [
    { scaleFactor: Infinity },
    'Expected number greater than 1 for scaleFactor but received Infinity of type number.',
  ],
  [{ minNeighbors: -1 }, 'Expected integer of at least 0 for minNeighbors but received -1 of type number.'],
  [{ minNeighbors: 2.5 }, 'Expected integer of at least 0 for minNeighbors but received 2.5 of type number.'],
  [
    { minNeighbors: 2 ** 31 },
    'Expected integer of at least 0 for minNeighbors but received 2147483648 of type number.',
  ],
  [
    { minSize: '30' },
    'Expected integer of at least 0 or {width, height} for minSize but received 30 of type string.',
  ],
  [
    { minSize: { width: 30 } },
    'Expected integer of at least 0 for minSize.height but received undefined of type undefined.',
  ],
  [{ maxSize: 0 }, 'Expected integer of at least 1 for maxSize but received 0 of type number.'],
  [
    { minSize: 50, maxSize: { width: 60, height: 40 } },
    'Expected size of at least minSize (50x50) for maxSize but received 60x40 of type object.',
  ],
  [7, 'Expected object for options but received 7 of type number.'],
];

for (const [options, message] of refused) {
  test(`refused: ${message}`, () => {
    assert.throws(() => searchOf(options as DetectOptions, image), { code: 'FACEPIPE_E_ARGUMENT', message });
  });
}

test('what is shown of a value is short and printable', () => {
  const scaleFactor = `\u001b[31m${'x'.repeat(100)}` as unknown as number;
  assert.throws(() => searchOf({ scaleFactor }, image), {
    message: `Expected number greater than 1 for scaleFactor but received \\u{1b}[31m${'x'.repeat(35)}… of type string.`,
  });
});
