import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connect } from '@facepipe/wire';
import { generate, parser } from 'mqtt-packet';
import { freePort, startMosquitto } from '../support/brokers.js';
import { join, listen, mosquitto, run, say, texts } from '../support/link-scene.js';
import { until } from '../support/until.js';

/** A node that lets everybody in and answers nothing else, as one does that has lost the others. */
async function mute(t: TestContext): Promise<{ host: string; connects: number }> {
  const sockets = new Set<Socket>();
  const node = { host: '', connects: 0 };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const packets = parser();
    packets.on('packet', ({ cmd }) => {
      if (cmd !== 'connect') return;
      node.connects++;
      socket.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: false }));
    });
    socket.on('data', (bytes) => packets.parse(bytes));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  node.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return node;
}

test('of several nodes the first that answers is taken, and after its end the next', mosquitto, async (t) => {
  const [one, two] = [await run(t, startMosquitto), await run(t, startMosquitto)];
  const absent = await freePort();
  const url = `mqtt://127.0.0.1:${absent},127.0.0.1:${one.port},127.0.0.1:${two.port}`;
  const [atOne, atTwo] = [await listen(t, one.url, 'test/a'), await listen(t, two.url, 'test/a')];
  const link = await join(t, { url });
  assert.equal(link.url, url);
  await link.publish(say('first'));
  await until('it came to the one', () => texts(atOne).includes('first'));
  await one.crash();
  await link.publish(say('second'));
  await until('it came to the other', () => texts(atTwo).includes('second'));
  await one.restart();
  await two.crash();
  await link.publish(say('third'));
  assert.ok(link.connected);
});

test('with no node there, the error is of the last', mosquitto, async () => {
  const [one, two] = [await freePort(), await freePort()];
  await assert.rejects(connect({ url: `mqtt://127.0.0.1:${one},127.0.0.1:${two}` }), {
    code: 'FACEPIPE_E_BROKER_UNREACHABLE',
    message: new RegExp(`:${two} `),
  });
});

test('a node that acknowledges nothing is left for another', mosquitto, async (t) => {
  const silent = await mute(t);
  const broker = await run(t, startMosquitto);
  const lost: string[] = [];
  const link = await join(t, {
    url: `mqtt://${silent.host},127.0.0.1:${broker.port}`,
    onDisconnect: ({ message }) => void lost.push(message),
  });
  // with less patience nothing is said against the node
  await assert.rejects(link.publish(say('a'), { timeout: 10 }), { code: 'FACEPIPE_E_PUBLISH_TIMEOUT' });
  assert.ok(link.connected);
  await assert.rejects(link.publish(say('b'), { timeout: 10_000 }), { code: 'FACEPIPE_E_PUBLISH_TIMEOUT' });
  await link.publish(say('c'));
  assert.equal(silent.connects, 1);
  assert.match(lost.join(), /acknowledges nothing, and there are other nodes/);
});
