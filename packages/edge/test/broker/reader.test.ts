import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../until.js';
import { assertServes, broker } from './embedded.js';
import { heldMemory } from './held-memory.js';
import { RawClient } from './raw-client.js';

const picture = Buffer.alloc(200_000, 7);

/** Subscribes and then reads nothing any more. */
async function deafReader(port: number, qos: 0 | 1, hello = {}): Promise<RawClient> {
  const reader = await RawClient.connect(port, hello);
  await reader.subscribe('t', qos);
  reader.socket.pause();
  return reader;
}

test('a reader that does not read is left out at QoS 0, and holds up neither publishers nor other readers', async (t) => {
  const { port } = await broker(t, {}, 'deaf-0');
  const deaf = await deafReader(port, 0);
  const publisher = await RawClient.connect(port);
  const before = await heldMemory();
  for (let n = 0; n < 500; n++) await publisher.acknowledged('t', picture);
  const grown = (await heldMemory()) - before;
  assert.ok(grown < 20e6, `100 MB for nobody took ${Math.round(grown / 1e6)} MB of memory`);
  await assertServes(port);
  assert.equal(deaf.closed, false);
});

test('a reader of QoS 1 without a session is hung up on when too much is held for it', async (t) => {
  const { port, troubles } = await broker(t, { heldBytes: 5e6 });
  const deaf = await deafReader(port, 1);
  const attentive = await RawClient.connect(port);
  await attentive.subscribe('t', 1);
  const publisher = await RawClient.connect(port);
  for (let n = 0; n < 100; n++) {
    await publisher.acknowledged('t', picture);
    const { messageId = 0 } = await attentive.next('publish');
    attentive.send({ cmd: 'puback', messageId });
  }
  assert.match(troubles.join('\n'), /hung up on aedes_\S+: \d+ messages wait for it to read them/);
  deaf.socket.resume();
  await deaf.hungUp();
  attentive.send({ cmd: 'pingreq' });
  await attentive.next('pingresp');
});

test('for a reader with a session all waits on disk, and comes once it reads', async (t) => {
  const { port } = await broker(t, {}, 'deaf-1');
  const deaf = await deafReader(port, 1, { clientId: 'deaf', clean: false });
  const publisher = await RawClient.connect(port);
  const before = await heldMemory();
  for (let n = 0; n < 300; n++)
    await publisher.acknowledged('t', Buffer.concat([Buffer.from([n >> 8, n]), picture]));
  const grown = (await heldMemory()) - before;
  // both ends of every connection are in this process
  assert.ok(grown < 20e6, `60 MB on disk took ${Math.round(grown / 1e6)} MB of memory`);
  await assertServes(port);
  deaf.socket.resume();
  for (let n = 0; n < 300; n++) {
    const { payload, messageId = 0 } = await deaf.next('publish');
    assert.equal(Buffer.from(payload).readUInt16BE(0), n);
    deaf.send({ cmd: 'puback', messageId });
  }
});

test('a connection on which nothing moves is given up', async (t) => {
  const { port, troubles } = await broker(t, { stalled: 200 });
  const deaf = await deafReader(port, 1, { clientId: 'deaf', clean: false });
  const idle = await RawClient.connect(port);
  const publisher = await RawClient.connect(port);
  // more than the kernel's buffers take
  for (let n = 0; n < 60; n++) await publisher.acknowledged('t', picture);
  await until(() => troubles.length > 0);
  assert.match(troubles[0] ?? '', /it has read nothing for 0\.2 s/);
  deaf.socket.resume();
  await deaf.hungUp();
  idle.send({ cmd: 'pingreq' });
  await idle.next('pingresp');
});
