import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyPart, parseKey } from '../../dist/sink/key.js';
import { isKey } from '../../dist/store/key.js';

const captured = new Date('2026-03-09T23:59:59.999Z');
const id = '01JABCDEFGHJKMNPQRSTVWXYZ0';
const sha256 = 'a'.repeat(64);

test('the default template files faces by device and day, in UTC', () => {
  const key = parseKey('{device}/{yyyy}/{mm}/{dd}/{id}.{ext}');
  assert.equal(key({ device: 'porch', id, ext: 'png', captured }), `porch/2026/03/09/${id}.png`);
  assert.equal(key({ device: 'porch', id: sha256, ext: 'jpg' }), `porch/undated/${sha256}.jpg`);
});

test('a run of date parts becomes one "undated", whatever is between them', () => {
  const facts = { device: 'd', id, ext: 'png' };
  assert.equal(parseKey('{yyyy}-{mm}-{dd}/{hh}/{id}')(facts), `undated/${id}`);
  assert.equal(parseKey('{yyyy}/{device}/{mm}/{id}')(facts), `undated/d/undated/${id}`);
  assert.equal(parseKey('faces/{id}.{ext}')(facts), `faces/${id}.png`);
  assert.equal(parseKey('{yyyy}-{mm}-{dd}/{hh}/{id}')({ ...facts, captured }), `2026-03-09/23/${id}`);
});

test('text from the network cannot leave its part of the key', () => {
  assert.equal(keyPart('..'), '%2E.');
  assert.equal(keyPart('.'), '%2E');
  assert.equal(keyPart('a/b'), 'a%2Fb');
  assert.equal(keyPart('a\\b'), 'a%5Cb');
  assert.equal(keyPart('100% sure'), '100%25%20sure');
  assert.equal(keyPart('камера'), '%D0%BA%D0%B0%D0%BC%D0%B5%D1%80%D0%B0');
  assert.equal(keyPart('😀'), '%F0%9F%98%80');
  assert.equal(keyPart('\ud800'), '%EF%BF%BD');
  assert.equal(keyPart('a\0\n\x7f'), 'a%00%0A%7F');
  assert.equal(keyPart('front-door_2.local'), 'front-door_2.local');
});

test('a long device is cut and stays different from its neighbours', () => {
  const one = keyPart(`${'я'.repeat(400)}1`);
  const two = keyPart(`${'я'.repeat(400)}2`);
  assert.ok(one.length <= 120, String(one.length));
  assert.match(one, /^(%D1%8F)+(%D1)?~[0-9a-f]{16}$/);
  assert.notEqual(one, two);
});

test('every character of the network gives a legal key', () => {
  const key = parseKey('{device}/{id}');
  for (let code = 1; code < 0x300; code++) {
    const device = String.fromCharCode(code);
    const made = key({ device, id, ext: 'png' });
    assert.ok(isKey(made), made);
    assert.match(made, /^[A-Za-z0-9._%-]+\/[0-9A-Z]+$/);
  }
});

test('templates that cannot be used are refused with the reason', () => {
  const refused: [string, RegExp][] = [
    ['{device}/{name}.{ext}', /\{name\} is not known/],
    ['{device}/{}.{id}', /\{\} is not known/],
    ['{device}/{yyyy}.{ext}', /without \{id\}/],
    ['{id', /without \{id\}/],
    ['{id}}', /a brace is not closed/],
    ['/{id}', /empty/],
    ['a//{id}', /empty/],
    ['../{id}', /"\.\."/],
    ['{id}/', /empty/],
    ['a\\{id}', /backslash/],
    ['a\n{id}', /control character/],
    [`${'a'.repeat(240)}{id}`, /longer than 250 bytes/],
    [`${'abcdefg/'.repeat(90)}{id}`, /longer than 700 bytes/],
  ];
  for (const [template, reason] of refused) {
    assert.throws(
      () => parseKey(template),
      { code: 'FACEPIPE_E_KEY_TEMPLATE', exit: 2, message: reason },
      template,
    );
  }
});
