import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { deadLetter } from '../../dist/message/dead-letter.js';

const payload = Buffer.from([0, 255, 13, 10]);
const message = { topic: 'facepipe/a "b"/faces', payload };
const sha256 = createHash('sha256').update(payload).digest('hex');
const read = (sent: { payload: Buffer }): unknown => JSON.parse(sent.payload.toString('utf8'));

test('a dead letter says why, what and where, with the payload', () => {
  const sent = deadLetter('facepipe/a/dead', message, 'not-an-image', 'It is not.');
  assert.equal(sent.topic, 'facepipe/a/dead');
  assert.equal(sent.qos, 1);
  assert.equal(sent.contentType, 'application/json');
  const rest = {
    reason: 'not-an-image',
    detail: 'It is not.',
    id: sha256,
    sha256,
    size: 4,
    topic: message.topic,
  };
  assert.deepEqual(read(sent), { ...rest, payload: 'AP8NCg==' });
  const named = deadLetter('t', message, 'not-an-image', 'It is not.', { id: 'X', bare: true });
  assert.deepEqual(read(named), { ...rest, id: 'X' });
});

test('the payload is there up to 256 kB', () => {
  const of = (size: number) => read(deadLetter('t', { topic: 't', payload: Buffer.alloc(size) }, 'r', 'd'));
  assert.ok('payload' in Object(of(262_144)));
  assert.ok(!('payload' in Object(of(262_145))));
});
