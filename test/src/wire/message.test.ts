import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import {
  type Arrival,
  connect,
  decodeFace,
  encodeFace,
  encodeImage,
  type FaceFacts,
  type IncomingMessage,
  inspectImage,
  type OutgoingMessage,
} from '@facepipe/wire';
import sharp from 'sharp';
import { brokers } from '../support/brokers.js';
import { faceFacts } from '../support/face.js';
import { until } from '../support/until.js';

const photos = new URL('../../../packages/edge/photos/', import.meta.url);
const topic = 'facepipe/ворота 🚪/faces';
const formats = ['png', 'jpeg', 'webp'] as const;

const facts = (): FaceFacts =>
  faceFacts({
    device: 'ворота 🚪',
    seq: 17,
    captured: new Date('2026-11-21T12:34:56.789Z'),
    frameSize: { width: 512, height: 512 },
    box: { x: 170, y: 60, width: 160, height: 160 },
    verify: 0.75,
    track: 'визит 1',
    quality: 71,
    qualityParts: { size: 61, sharpness: 39, frontality: 92, exposure: 100, edge: 100, motion: 0 },
    role: 'best',
  });

/** A crop of the astronaut with facts in it. */
async function face(known: FaceFacts, format: (typeof formats)[number]) {
  const { x: left, y: top, width, height } = known.box;
  const crop = sharp(await readFile(new URL('astronaut.png', photos))).extract({ left, top, width, height });
  return encodeImage({ data: await crop.raw().toBuffer(), width, height, channels: 3 }, known, { format });
}

const arrived = (message: OutgoingMessage): IncomingMessage => ({
  topic: message.topic,
  payload: message.payload,
  qos: 1,
  retain: false,
  duplicate: false,
  ...(message.contentType === undefined ? {} : { contentType: message.contentType }),
  userProperties: message.userProperties ?? {},
});
const sha256 = (payload: Buffer) => createHash('sha256').update(payload).digest('hex');

for (const { name, missing, start } of brokers) {
  test(`a face loses none of its facts over ${name}`, {
    skip: missing ?? false,
    timeout: 300_000,
  }, async (t) => {
    const broker = await start();
    t.after(() => broker.stop());
    const link = await connect({ url: broker.url });
    t.after(() => link.close({ timeout: 0 }));
    const got: Arrival[] = [];
    await link.subscribe('facepipe/+/faces', async (message) => void got.push(await decodeFace(message)));
    for (const [i, format] of formats.entries()) {
      const known = facts();
      const payload = await face(known, format);
      await link.publish(encodeFace(topic, known, payload, `image/${format}`));
      await until(`${format} arrived`, () => got.length === i + 1);
      assert.deepEqual(got[i], {
        ...(await inspectImage(payload)),
        id: known.id,
        facts: known,
        topic,
        payload,
        sha256: sha256(payload),
      });
    }
  });
}

test('the facts are those of the properties, then those of the image, then none', async () => {
  const [outer, inner] = [facts(), facts()];
  for (const format of formats) {
    const payload = await face(inner, format);
    const message = arrived(encodeFace(topic, outer, payload, `image/${format}`));
    assert.deepEqual((await decodeFace(message)).facts, outer);
    // What a 3.1.1 hop leaves, and what a foreign property does not disturb.
    const disturbances: Record<string, string>[] = [{}, { device: 'another', weather: 'rain' }];
    for (const userProperties of disturbances) {
      const { id, facts: found } = await decodeFace({ ...message, userProperties });
      assert.deepEqual([id, found], [inner.id, inner]);
    }
  }
  const payload = await readFile(new URL('grace_hopper.jpg', photos));
  const foreign = await decodeFace(arrived({ topic, payload, userProperties: { device: 'door' } }));
  assert.equal(foreign.id, sha256(payload));
  assert.ok(!('facts' in foreign));
});

test('properties with an id must be complete; damaged metadata behind good properties does not matter', async () => {
  const known = facts();
  const payload = await face(known, 'png');
  const whole = arrived(encodeFace(topic, known, payload, 'image/png'));
  for (const name of Object.keys(whole.userProperties)) {
    if (['id', 'verify', 'track', 'quality', 'quality-parts', 'role'].includes(name)) continue;
    const { [name]: _, ...userProperties } = whole.userProperties;
    const message = new RegExp(`for ${name} of the face but received nothing`);
    await assert.rejects(decodeFace({ ...whole, userProperties }), {
      code: 'FACEPIPE_E_FACTS_INVALID',
      message,
    });
  }
  await assert.rejects(decodeFace({ ...whole, userProperties: { id: '42' } }), {
    code: 'FACEPIPE_E_FACTS_INVALID',
  });

  const damaged = sharp(payload).withExif({ IFD0: { ImageDescription: 'facepipe:id=42' } });
  const bytes = await damaged.png().toBuffer();
  assert.deepEqual((await decodeFace({ ...whole, payload: bytes })).facts, known);
  const bare = decodeFace({ ...whole, payload: bytes, userProperties: {} });
  await assert.rejects(bare, { code: 'FACEPIPE_E_FACTS_INVALID' });
});

test('a payload that is no image is refused, also with good properties', async () => {
  const message = arrived(encodeFace(topic, facts(), Buffer.from('hello'), 'image/png'));
  await assert.rejects(decodeFace(message), { code: 'FACEPIPE_E_NOT_AN_IMAGE' });
});

test('a face is not encoded for a topic with wildcards', async () => {
  assert.throws(() => encodeFace('facepipe/+/faces', facts(), Buffer.alloc(1), 'image/png'), {
    code: 'FACEPIPE_E_TOPIC',
  });
});
