import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFilter, checkTopic, deviceOf, fillTopic, matches } from '../../dist/message/topic.js';

test('topics', () => {
  for (const topic of ['a', '/', 'a/b', ' ', 'facepipe/дверь/faces', '$SYS/x', 'x'.repeat(65535)])
    checkTopic(topic);
  for (const topic of [
    '',
    'a/+',
    'a/#',
    '#',
    'a+b',
    'a\0b',
    '\ud800',
    'a\u001bb',
    'a\u0085b',
    'a\ufffeb',
    'x'.repeat(65536),
    'я'.repeat(32768),
  ]) {
    assert.throws(() => checkTopic(topic), { code: 'FACEPIPE_E_TOPIC', exit: 2 }, topic.slice(0, 20));
  }
});

test('filters', () => {
  for (const filter of ['a', '#', '+', 'a/#', '+/+/#', '/', '$share/g/a/+', '$share/g//a', 'я/+'])
    checkFilter(filter);
  const wrong = [
    '',
    'a#',
    '#/a',
    'a/#/b',
    'a+',
    '+a/b',
    '\0',
    '$share',
    '$share/g',
    '$share/g/',
    '$share//a',
    '$share/+/a',
    '$share/g/a#',
  ];
  for (const filter of wrong)
    assert.throws(() => checkFilter(filter), { code: 'FACEPIPE_E_FILTER', exit: 2 }, filter);
});

test('matching follows MQTT 5, 4.7', () => {
  const yes = [
    ['a/b', 'a/b'],
    ['a/+', 'a/b'],
    ['a/+', 'a/'],
    ['+', 'a'],
    ['#', 'a/b'],
    ['a/#', 'a/b/c'],
    ['a/#', 'a'],
    ['/+', '/a'],
    ['+/+', '/a'],
    ['$SYS/#', '$SYS/x'],
    ['$share/g/a/+', 'a/b'],
    ['$share/g/#', 'a/b'],
  ] as const;
  const no = [
    ['a/b', 'a/B'],
    ['a/+', 'a'],
    ['a/+', 'a/b/c'],
    ['+', '/a'],
    ['a/#', 'ab'],
    ['#', '$SYS/x'],
    ['+/x', '$SYS/x'],
    ['$share/g/#', '$SYS/x'],
    ['$share/g/a', '$share/g/a'],
  ] as const;
  for (const [filter, topic] of yes) assert.ok(matches(filter, topic), `${filter} ${topic}`);
  for (const [filter, topic] of no) assert.ok(!matches(filter, topic), `${filter} ${topic}`);
});

test('the device is what the first + matched, or the level that was named', () => {
  assert.equal(deviceOf('facepipe/+/faces', 'facepipe/дверь/faces'), 'дверь');
  assert.equal(deviceOf('$share/g/+/x/+', 'a/x/b'), 'a');
  assert.equal(deviceOf('facepipe/#', 'facepipe/door/faces'), undefined);
  assert.equal(deviceOf('facepipe/#', 'facepipe/door/faces', 2), 'door');
  assert.equal(deviceOf('facepipe/+/faces', 'facepipe/door/faces', 1), 'facepipe');
  assert.equal(deviceOf('facepipe/#', 'facepipe', 2), undefined);
  assert.equal(deviceOf('facepipe/+/faces', 'facepipe//faces'), undefined);
  assert.equal(deviceOf('facepipe/+/faces', 'facepipe/a\u0007b/faces'), undefined);
  assert.equal(deviceOf('facepipe/+/faces', 'facepipe/a\ud800b/faces'), undefined);
});

test('a device has at most 256 characters, as in the facts of a face', () => {
  const longest = '😀'.repeat(256);
  assert.equal(deviceOf('facepipe/+/faces', `facepipe/${longest}/faces`), longest);
  assert.equal(deviceOf('facepipe/+/faces', `facepipe/${longest}a/faces`), undefined);
  assert.equal(deviceOf('facepipe/#', `facepipe/${'a'.repeat(60_000)}`, 2), undefined);
});

test('templates are filled with one level, and the result is a topic', () => {
  assert.equal(fillTopic('facepipe/{device}/faces', { device: 'дверь' }), 'facepipe/дверь/faces');
  assert.equal(fillTopic('{name}/{device}', { device: '$&' }), '$&/$&');
  for (const device of ['', 'a/b', '+', 'a#', 'a\0']) {
    assert.throws(() => fillTopic('facepipe/{device}', { device }), { code: 'FACEPIPE_E_TOPIC' }, device);
  }
  assert.throws(() => fillTopic('facepipe/{host}', { device: 'a' }), {
    message: /unknown placeholder \{host\}/,
  });
  assert.throws(() => fillTopic('facepipe/+/{device}', { device: 'a' }), { code: 'FACEPIPE_E_TOPIC' });
});
