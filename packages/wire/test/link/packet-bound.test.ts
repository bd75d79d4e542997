import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { type Oversize, PacketBound } from '../../dist/link/packet-bound.js';

interface Packet {
  cmd: string;
  topic?: string;
  payload?: Buffer;
  qos?: number;
  messageId?: number;
}
/** The codec that MQTT.js uses. */
const mqttPacket: {
  generate(packet: object, options: object): Buffer;
  parser(options: object): {
    on(event: string, listener: (packet: Packet) => void): void;
    parse(bytes: Buffer): void;
  };
} = createRequire(createRequire(import.meta.url).resolve('mqtt'))('mqtt-packet');

const limit = 1000;

/** mulberry32 */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
}

/** What comes out of a bound that gets these pieces, and what it passed over. */
async function through(pieces: Buffer[], version: 4 | 5): Promise<{ out: Buffer; over: Oversize[] }> {
  const over: Oversize[] = [];
  const bound = new PacketBound(limit, version, (oversize) => over.push(oversize));
  const out: Buffer[] = [];
  bound.on('data', (chunk: Buffer) => out.push(chunk));
  for (const piece of pieces) bound.write(piece);
  bound.end();
  await new Promise((resolve, reject) => bound.once('close', resolve).once('error', reject));
  return { out: Buffer.concat(out), over };
}

function parsed(bytes: Buffer, version: 4 | 5): Packet[] {
  const packets: Packet[] = [];
  const parser = mqttPacket.parser({ protocolVersion: version });
  parser.on('packet', (packet) => packets.push(packet));
  parser.parse(bytes);
  return packets;
}

const seed = Number(process.env.FACEPIPE_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

for (const version of [4, 5] as const) {
  test(`of what is too large topic and packet id pass, the rest passes as it is, however it is cut: MQTT ${version}, seed ${seed}`, async () => {
    const roll = dice(seed);
    for (let run = 0; run < 100; run++) {
      const sent = Array.from({ length: 1 + roll(8) }, (_, n) => {
        if (roll(3) === 0) return { cmd: 'puback', messageId: 1 + roll(65_535), reasonCode: 0 };
        const qos = roll(3);
        const properties = roll(2) ? { userProperties: { note: 'x'.repeat(roll(2000)) } } : undefined;
        return {
          cmd: 'publish',
          topic: 't'.repeat(1 + roll(300)),
          payload: Buffer.alloc(roll(2) ? roll(500) : roll(40_000), n),
          qos,
          retain: roll(2) === 0,
          dup: qos > 0 && roll(2) === 0,
          ...(qos > 0 && { messageId: 1 + roll(65_535) }),
          ...(version === 5 && properties && { properties }),
        };
      });
      const packets = sent.map((packet) => mqttPacket.generate(packet, { protocolVersion: version }));
      const all = Buffer.concat(packets);
      const pieces: Buffer[] = [];
      for (let at = 0; at < all.length; ) {
        const end = at + 1 + roll(roll(3) ? 20_000 : 6);
        pieces.push(all.subarray(at, end));
        at = end;
      }
      const { out, over } = await through(pieces, version);
      const large = packets.map(({ length }) => length > limit);
      assert.deepEqual(
        over.map(({ size }) => size),
        packets.map(({ length }) => length).filter((length) => length > limit),
      );
      const came = parsed(out, version);
      assert.equal(came.length, sent.length);
      for (const [n, whole] of parsed(all, version).entries()) {
        const { topic, qos, messageId, payload } = came[n] ?? assert.fail();
        assert.deepEqual(
          [came[n]?.cmd, topic, qos, messageId],
          [whole.cmd, whole.topic, whole.qos, whole.messageId],
        );
        assert.deepEqual(payload, large[n] ? Buffer.alloc(0) : whole.payload);
      }
      // what is not too large is not touched
      const small = packets.filter((_, n) => !large[n]);
      if (small.length === packets.length) assert.deepEqual(out, all);
    }
  });
}

test('a packet that is too large and no message ends the stream, as does a length that is none', async () => {
  const header = (first: number, ...length: number[]) => [Buffer.from([first, ...length])];
  await assert.rejects(
    through(header(0x20, 0xff, 0xff, 0xff, 0x7f), 4),
    /268435460 bytes that is no message/,
  );
  await assert.rejects(through(header(0x30, 0xff, 0xff, 0xff, 0xff), 4), /malformed length/);
  // a topic longer than its packet
  await assert.rejects(through(header(0x30, 0xff, 0x07, 0xff, 0xff), 4), /malformed message/);
});
