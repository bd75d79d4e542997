import assert from 'node:assert/strict';
import { test } from 'node:test';
import writeToStream from 'mqtt-packet/writeToStream.js';
import { fillPacketLengths } from '../../dist/link/packet-lengths.js';

test('the lengths of packets are remembered without the 8 kB around each', () => {
  fillPacketLengths();
  const pools = new Set<ArrayBufferLike>();
  const payload = Buffer.alloc(20_000);
  for (let size = 200; size < 16_000; size += 50) {
    const written: Buffer[] = [];
    const packet = { cmd: 'publish', topic: 'a', qos: 0, dup: false, retain: false } as const;
    writeToStream(
      { ...packet, payload: payload.subarray(0, size) },
      { write: (bytes) => written.push(bytes) > 0 },
    );
    // the second of four: type, length, topic, payload (MQTT 5, 1.5.5 and 3.3)
    const length = size + 3;
    const field = written.find((bytes) => bytes.equals(Buffer.from([(length & 127) | 128, length >> 7])));
    assert.ok(field, `the length of ${size} bytes`);
    pools.add(field.buffer);
    // what else takes of the pool meanwhile
    Buffer.allocUnsafe(4000);
  }
  assert.ok(pools.size < 40, `316 lengths are in ${pools.size} pools`);
});
