import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generate } from 'mqtt-packet';
import { Framing } from '../../dist/broker/framing.js';
import { createRandom, integer } from '../../dist/source/random.js';

const limits = { packet: 1000, connectPacket: 100, controlPacket: 200 };
const hello = generate({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clientId: 'c',
  clean: true,
});
const publish = (size: number) =>
  generate({
    cmd: 'publish',
    topic: 't',
    payload: Buffer.alloc(size, 0xff),
    qos: 0,
    retain: false,
    dup: false,
  });

/** What was wrong, and behind how many bytes it was known. */
function feed(bytes: Buffer, piece: () => number): { fault: string | undefined; read: number } {
  const framing = new Framing(limits);
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + piece());
    const fault = framing.check(bytes.subarray(at, end));
    if (fault) return { fault, read: end };
    at = end;
  }
  return { fault: undefined, read: bytes.length };
}

test('packets within the limits pass however they are cut, and the first that is larger is found', () => {
  const seed = Number(process.env.FACEPIPE_FUZZ_SEED ?? 1);
  const random = createRandom(seed);
  const roll = (below: number) => integer(random, 0, below - 1);
  for (let round = 0; round < 500; round++) {
    const packets = [hello, ...Array.from({ length: roll(9) }, () => publish(roll(900)))];
    const piece = () => 1 + roll(400);
    assert.equal(feed(Buffer.concat(packets), piece).fault, undefined, `seed ${seed}`);
    const all = Buffer.concat([...packets, publish(1000 + roll(9000))]);
    assert.match(feed(all, piece).fault ?? '', /^a packet of \d+ bytes, the limit is 1000$/, `seed ${seed}`);
  }
});

test('a header that announces too much is enough', () => {
  // 200 MB, and nothing behind it
  const header = Buffer.from([0x30, 0x80, 0x84, 0xaf, 0x5f]);
  const { fault, read } = feed(Buffer.concat([hello, header]), () => 1);
  assert.equal(fault, 'a packet of 200000005 bytes, the limit is 1000');
  assert.equal(read, hello.length + header.length);
});

test('each kind of packet has its limit', () => {
  const large = generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: 'c'.repeat(100),
    clean: true,
  });
  assert.match(feed(large, () => 9).fault ?? '', /the limit is 100$/);
  const topics = Array.from({ length: 50 }, (_, n) => ({ topic: `topic/${n}`, qos: 1 as const }));
  const subscribe = generate({ cmd: 'subscribe', messageId: 1, subscriptions: topics });
  assert.match(feed(Buffer.concat([hello, subscribe]), () => 9).fault ?? '', /the limit is 200$/);
});

test('what does not begin with CONNECT and a length of five bytes are refused', () => {
  assert.match(feed(publish(1), () => 1).fault ?? '', /not a CONNECT/);
  assert.match(feed(Buffer.from('GET / HTTP/1.1'), () => 1).fault ?? '', /not a CONNECT/);
  const malformed = Buffer.concat([hello, Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80])]);
  assert.match(feed(malformed, () => 1).fault ?? '', /malformed/);
});
