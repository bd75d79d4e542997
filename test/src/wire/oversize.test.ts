import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { FacepipeError } from '@facepipe/service';
import { connect, type Link, type LinkOptions } from '@facepipe/wire';
import { mosquittoMissing, startAedes, startMosquitto } from '../support/brokers.js';
import type { RunningBroker } from '../support/running-broker.js';
import { until } from '../support/until.js';

const limit = 100_000;
const topic = 'facepipe/door/faces';
const timeout = 300_000;

async function linked(t: TestContext, options: LinkOptions): Promise<Link> {
  const link = await connect(options);
  t.after(() => link.close({ timeout: 0 }));
  return link;
}

const brokers: [string, string | false, () => Promise<RunningBroker>][] = [
  ['MQTT 5, mosquitto', mosquittoMissing ?? false, () => startMosquitto()],
  ['MQTT 3.1.1, Aedes', false, () => startAedes()],
];

for (const [name, skip, start] of brokers) {
  test(`a message that is too large stops nobody, and does not come again: ${name}`, {
    skip,
    timeout,
  }, async (t) => {
    const broker = await start();
    t.after(() => broker.stop());
    const { url } = broker;
    const got: number[] = [];
    const passedOver: FacepipeError[] = [];
    const consumer = async () => {
      const link = await linked(t, {
        url,
        clientId: 'consumer',
        clean: false,
        maximumPacketSize: limit,
        onOversize: (error) => void passedOver.push(error),
      });
      await link.subscribe('facepipe/+/faces', async ({ payload }) => void got.push(payload.length));
      return link;
    };
    // a session that queues
    await (await consumer()).close();
    const publisher = await linked(t, { url });
    for (const size of [1, 2 * limit, 2, 20 * limit, 3, limit - 100])
      await publisher.publish({ topic, payload: Buffer.alloc(size) });
    const first = await consumer();
    await until('what is not too large has come', () => got.length >= 4);
    assert.deepEqual(got, [1, 2, 3, limit - 100]);
    const older = first.protocolVersion === 4;
    const whole = 2 + topic.length + 2;
    assert.deepEqual(
      passedOver.map(({ code, message }) => [code, / of (\d+) bytes on (\S+) /.exec(message)?.slice(1)]),
      older
        ? [2 * limit, 20 * limit].map((size) => ['FACEPIPE_E_OVERSIZE', [String(4 + whole + size), topic]])
        : [],
    );
    await first.close();
    await consumer();
    await publisher.publish({ topic, payload: Buffer.alloc(4) });
    await until('the next one has come', () => got.includes(4));
    assert.deepEqual(got, [1, 2, 3, limit - 100, 4], 'nothing comes twice');
    assert.equal(passedOver.length, older ? 2 : 0);
  });

  test(`nothing larger than the link’s own limit is published: ${name}`, { skip, timeout }, async (t) => {
    const broker = await start();
    t.after(() => broker.stop());
    const link = await linked(t, { url: broker.url, maximumPacketSize: limit });
    assert.equal(link.maximumPacketSize, limit);
    await assert.rejects(link.publish({ topic, payload: Buffer.alloc(limit) }), {
      code: 'FACEPIPE_E_TOO_LARGE',
      message: /takes \(100000 bytes, the limit of this program\)/,
    });
    await link.publish({ topic, payload: Buffer.alloc(limit - 100) });
    assert.ok(link.connected);
  });
}

test('an answer of any size to CONNECT is not gathered (a server that is no broker)', {
  timeout,
}, async (t) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    // CONNACK with a length of 256 MiB, and bytes without end
    socket.write(Buffer.from([0x20, 0xff, 0xff, 0xff, 0x7f]));
    const more = () => {
      while (!socket.destroyed && socket.write(Buffer.alloc(65_536)));
    };
    socket.on('drain', more);
    more();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  await assert.rejects(connect({ url: `mqtt://127.0.0.1:${port}` }), {
    code: 'FACEPIPE_E_BROKER_UNREACHABLE',
    message: /a packet of 268435460 bytes that is no message/,
  });
});
