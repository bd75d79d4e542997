import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as netConnect } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { IncomingMessage, Link } from '@facepipe/wire';
import { brokers, startMosquitto } from '../support/brokers.js';
import { join, mosquitto, run, say, texts, timeout } from '../support/link-scene.js';
import { until } from '../support/until.js';

test(
  'members share a subscription, and one that leaves takes what was queued for it with it',
  mosquitto,
  async (t) => {
    const { url } = await run(t, startMosquitto);
    const filter = '$share/group/test/+';
    const got = { a: [] as string[], b: [] as string[] };
    const member = async (id: 'a' | 'b', handler: () => Promise<void>) => {
      const link = await join(t, { url, clientId: id, clean: false });
      await link.subscribe(filter, async ({ payload }) => {
        await handler();
        got[id].push(payload.toString());
      });
      return link;
    };
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const a = await member('a', () => gate);
    await member('b', async () => {});
    const publisher = await join(t, { url });
    // More than mosquitto's 20 in flight for each, so that some stay queued in the broker for a.
    await Promise.all(Array.from({ length: 100 }, (_, i) => publisher.publish(say(String(i)))));
    await until('b has handled its half', () => got.b.length === 50);
    const left = a.close({ keepSubscriptions: false });
    open();
    await left;
    assert.equal(got.a.length, 50);
    await publisher.publish(say('after'));
    await until('the other has the rest', () => got.b.length === 51);
    assert.equal(new Set([...got.a, ...got.b]).size, 101);
  },
);

test('a session taken over is taken back, and told as what it is', mosquitto, async (t) => {
  const broker = await run(t, startMosquitto);
  const options = { clientId: 'twin', clean: false };
  const losses: string[] = [];
  const url = await lastWord(t, broker.port);
  const first = await join(t, { ...options, url, onDisconnect: ({ code }) => void losses.push(code) });
  const got: IncomingMessage[] = [];
  await first.subscribe('test/a', async (message) => void got.push(message));
  const second = await join(t, { ...options, url: broker.url });
  await until('the loss is told', () => losses.length > 0);
  await second.close({ timeout: 0 });
  await until('it is back', () => first.connected && first.sessionPresent);
  await first.publish(say('mine'));
  await until('its subscription is, too', () => got.length > 0);
  assert.deepEqual(
    [texts(got), losses, first.contention],
    [['mine'], ['FACEPIPE_E_SESSION_TAKEN_OVER'], undefined],
  );
});

for (const { name, missing, start } of brokers) {
  const options = { skip: missing ?? false, timeout };

  test(
    `two links with one client id go on, and are told after three times, over ${name}`,
    options,
    async (t) => {
      const broker = await run(t, start);
      const told: string[] = [];
      const links: Link[] = [];
      for (let n = 0; n < 2; n++) {
        const onDisconnect = ({ code }: { code: string }) => void told.push(code);
        links.push(await join(t, { clientId: 'twin', clean: false, url: broker.url, onDisconnect }));
      }
      const both = () => told.filter((code) => code === 'FACEPIPE_E_BROKER_HANGS_UP').length >= 2;
      await until(() => `both are told: ${told}`, both);
      assert.deepEqual(
        links.map(({ contention }) => contention?.code),
        ['FACEPIPE_E_BROKER_HANGS_UP', 'FACEPIPE_E_BROKER_HANGS_UP'],
      );
    },
  );
}

test(
  'where the broker says who was there, two with one client id are told once, and then as two',
  mosquitto,
  async (t) => {
    const broker = await run(t, startMosquitto);
    const told: string[] = [];
    const url = await lastWord(t, broker.port);
    const onDisconnect = ({ code }: { code: string }) => void told.push(code);
    for (let n = 0; n < 2; n++)
      await join(t, { clientId: 'twin', clean: false, url, ...(n === 0 && { onDisconnect }) });
    await until(
      () => `it is told: ${told}`,
      () => told.length > 1,
    );
    assert.deepEqual(told, ['FACEPIPE_E_SESSION_TAKEN_OVER', 'FACEPIPE_E_CLIENT_ID_SHARED']);
  },
);

/**
 * Says "session taken over" for a mosquitto that hangs up: the DISCONNECT with 0x8E came with mosquitto 2.0.15
 * (https://github.com/eclipse-mosquitto/mosquitto/issues/2607).
 */
async function lastWord(t: TestContext, port: number): Promise<string> {
  const server = createServer((client) => {
    const broker = netConnect(port, '127.0.0.1');
    client.pipe(broker);
    broker.pipe(client, { end: false });
    broker.once('end', () => client.end(Buffer.from([0xe0, 2, 0x8e, 0])));
    for (const socket of [client, broker]) socket.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
