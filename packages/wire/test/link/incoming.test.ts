import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IPublishPacket } from 'mqtt';
import { incoming } from '../../dist/link/incoming.js';
import { packetSize } from '../../dist/link/packet.js';

const packet = (properties?: unknown): IPublishPacket =>
  ({
    cmd: 'publish',
    topic: 'a',
    payload: 'x',
    qos: 1,
    retain: false,
    dup: true,
    properties,
  }) as IPublishPacket;

test('a packet becomes a message; of a name that came twice the first value counts', () => {
  const userProperties = { id: 'y', twice: ['a', 'b'] };
  assert.deepEqual(incoming(packet({ contentType: 'image/png', userProperties })), {
    topic: 'a',
    payload: Buffer.from('x'),
    qos: 1,
    retain: false,
    duplicate: true,
    contentType: 'image/png',
    userProperties: { id: 'y', twice: 'a' },
  });
  assert.deepEqual(incoming(packet()).userProperties, {});
});

test('texts that were cut short are none, and no name is special', () => {
  const userProperties = JSON.parse('{"__proto__":"x","cut":null,"cuts":[null,"b"],"none":[]}');
  const message = incoming(packet({ contentType: null, userProperties }));
  assert.deepEqual(Object.entries(message.userProperties), [['__proto__', 'x']]);
  assert.equal('contentType' in message, false);
  assert.ok(packetSize(message, 5) > 0);
});
