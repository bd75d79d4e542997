import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as coerce from '../../dist/parse/coerce.js';

/** As the parser does it, which knows the flag. */
function named(coercion: () => unknown): unknown {
  try {
    return coercion();
  } catch (error) {
    throw error instanceof coerce.RefusedValue ? error.of('min-size') : error;
  }
}

test('sizes are a side, or a width and a height', () => {
  assert.deepEqual(coerce.size()('30'), { width: 30, height: 30 });
  assert.deepEqual(coerce.size()(30), { width: 30, height: 30 });
  assert.deepEqual(coerce.size()('24x32'), { width: 24, height: 32 });
  for (const bad of ['24*32', '-1', '1.5', '', 'x', '24x', '1x2x3']) {
    assert.throws(() => named(() => coerce.size()(bad)), {
      code: 'FACEPIPE_E_FLAG',
      exit: 2,
      message: `Expected a size in pixels such as 30 or 24x32 for --min-size but received ${JSON.stringify(bad)}.`,
    });
  }
});

test('lengths of time and amounts of bytes have units', () => {
  const duration = coerce.duration();
  assert.deepEqual(
    ['90', '500ms', '1.5m', '2h', '1d'].map(duration),
    [90_000, 500, 90_000, 7_200_000, 86_400_000],
  );
  const bytes = coerce.bytes();
  assert.deepEqual(['1000', '256MB', '64MiB', '1 GB', '2k'].map(bytes), [
    1000,
    256e6,
    64 * 2 ** 20,
    1e9,
    2000,
  ]);
  for (const bad of ['0', 'soon', '-5s', '5 weeks']) assert.throws(() => duration(bad), coerce.RefusedValue);
  for (const bad of ['0', 'much', '-1MB', '1TB']) assert.throws(() => bytes(bad), coerce.RefusedValue);
});

test('numbers keep to their limits and are given once', () => {
  assert.equal(coerce.integer(1, 100)('90'), 90);
  assert.equal(coerce.decimal(1)('1.05'), 1.05);
  assert.equal(coerce.fraction(4)('0'), 0);
  const refused = [
    () => coerce.integer(1, 100)('101'),
    () => coerce.integer(1, 100)('9.5'),
    () => coerce.integer(1)('0x10'),
    () => coerce.integer(1)(['1', '2']),
    () => coerce.decimal(1)('1'),
    () => coerce.decimal(1)('NaN'),
    () => coerce.fraction(4)('-0.1'),
  ];
  for (const refuse of refused) assert.throws(refuse, coerce.RefusedValue);
});

test('a threshold of the verifier lies between 0 and 1, and cascades have names', () => {
  const verify = coerce.verify();
  assert.deepEqual(['on', 'off', true, false, '0.45', 0.5].map(verify), [
    'on',
    'off',
    'on',
    'off',
    0.45,
    0.5,
  ]);
  for (const bad of ['0', '1', '1.5', '-0.5', 'yes', '', '50%', ['on', 'off']])
    assert.throws(() => named(() => verify(bad)), {
      code: 'FACEPIPE_E_FLAG',
      message: /Expected on, off or a number between 0 and 1 for --min-size but received/,
    });
  const names = coerce.names();
  assert.deepEqual(['a', 'a,b', 'a, b'].map(names), ['a', 'a,b', 'a, b']);
  for (const bad of ['', ',', 'a,', 'a,,b', ['a', 'b']])
    assert.throws(() => named(() => names(bad)), { code: 'FACEPIPE_E_FLAG' });
});

test('polygons are corners in fractions of the frame', () => {
  const parse = coerce.polygons();
  const triangle = [
    { x: 0.1, y: 0.2 },
    { x: 1, y: 0 },
    { x: 0.5, y: 0.9 },
  ];
  assert.deepEqual(parse(['0.1,0.2 1,0 .5,.9', ' 0.1,0.2  1,0 0.5,0.9 ']), [triangle, triangle]);
  assert.deepEqual(parse('0.1,0.2 1,0 0.5,0.9'), [triangle]);
  for (const bad of [
    '',
    '0,0 1,1',
    '0,0 1,1 2,0',
    '0,0 1,1 -0.1,0',
    '0,0 1,1 0',
    '0,0 1,1 x,0',
    '0,0 1,1 0,0,0',
  ])
    assert.throws(() => parse(bad), coerce.RefusedValue, bad);
});

test('a device name is one topic level', () => {
  for (const good of ['jetson', 'камера 7', 'door 🚪', 'a.b']) assert.equal(coerce.deviceName()(good), good);
  for (const bad of ['a/b', '+', '#', 'a\nb', 'a\u0000', '', 'x'.repeat(257)]) {
    assert.throws(() => named(() => coerce.deviceName()(bad)), { exit: 2 });
  }
});

test('settings are names with values, one or several', () => {
  const parse = coerce.settings();
  assert.deepEqual(parse(['brightness=100', ' menu = 50 Hz ']), [
    { name: 'brightness', value: '100' },
    { name: 'menu', value: '50 Hz' },
  ]);
  assert.deepEqual(parse('a=b=c'), [{ name: 'a', value: 'b=c' }]);
  for (const wrong of ['brightness', 'brightness=', '=1', ''])
    assert.throws(() => parse(wrong), {
      message: 'Expected name=value such as brightness=128',
    });
});

test('modes are octal, the owner writes, and nobody else’s files can be changed by everybody', () => {
  const mode = coerce.mode();
  assert.deepEqual(['0600', '640', '0o660', 644, '0664'].map(mode), [0o600, 0o640, 0o660, 0o644, 0o664]);
  for (const wrong of [
    '0700',
    '0666',
    '0440',
    '0060',
    '600x',
    '',
    '-640',
    '1640',
    'rw-r-----',
    ['0600', '0640'],
  ]) {
    assert.throws(() => mode(wrong), coerce.RefusedValue, String(wrong));
  }
});
