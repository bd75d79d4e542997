import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import './connection.js';

const packets: { writeToStream: (packet: object, stream: { write: (bytes: Buffer) => boolean }) => boolean } =
  createRequire(createRequire(import.meta.url).resolve('mqtt'))('mqtt-packet');

test('the length of a packet is remembered without the 8 kB around it', () => {
  const written: Buffer[] = [];
  const packet = { cmd: 'publish', topic: 'a', qos: 0, payload: Buffer.alloc(5000), protocolVersion: 4 };
  packets.writeToStream(packet, { write: (bytes) => written.push(bytes) > 0 });
  // 5003 is 0x8b 0x27 (MQTT 5, 1.5.5)
  const length = written.find((bytes) => bytes.equals(Buffer.from([0x8b, 0x27])));
  assert.equal(length?.buffer.byteLength, 2);
});
