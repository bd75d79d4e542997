import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as netConnect } from 'node:net';
import { type TestContext, test } from 'node:test';
import {
  connect,
  defaultMaximumPacketSize,
  type IncomingMessage,
  type Link,
  type LinkOptions,
} from '@facepipe/wire';
import { brokers, mosquittoMissing, startAedes, startMosquitto } from '../support/brokers.js';
import { startCable } from '../support/cable.js';
import type { RunningBroker } from '../support/running-broker.js';
import { until } from '../support/until.js';

const timeout = 300_000;

/** A link that is closed with the test, in a hurry. */
async function join(t: TestContext, options: LinkOptions): Promise<Link> {
  const link = await connect(options);
  t.after(() => link.close({ timeout: 0 }));
  return link;
}

async function run(t: TestContext, start: () => Promise<RunningBroker>): Promise<RunningBroker> {
  const broker = await start();
  t.after(() => broker.stop());
  return broker;
}

/** A cable to the broker, cut and closed with the test. */
async function lay(t: TestContext, broker: RunningBroker) {
  const cable = await startCable(broker.port);
  t.after(() => cable.close());
  return { cable, url: `mqtt://127.0.0.1:${cable.port}` };
}

/** Subscribes with a second link and keeps what comes. */
async function listen(t: TestContext, url: string, filter: string): Promise<IncomingMessage[]> {
  const messages: IncomingMessage[] = [];
  const link = await join(t, { url });
  await link.subscribe(filter, async (message) => {
    messages.push(message);
  });
  return messages;
}

const texts = (messages: IncomingMessage[]) => messages.map(({ payload }) => payload.toString());
const say = (text: string, topic = 'test/a') => ({ topic, payload: Buffer.from(text) });

for (const { name, missing, start } of brokers) {
  const over = `over ${name}`;
  const options = { skip: missing ?? false, timeout };

  test(`a message arrives as it was sent, ${over}`, options, async (t) => {
    const { url } = await run(t, start);
    const got = await listen(t, url, 'test/+');
    const link = await join(t, { url });
    const five = link.protocolVersion === 5;
    const payload = Buffer.from([0, 255, 13, 10, 128]);
    const userProperties = { device: 'ворота 🚪', empty: '' };
    for (const qos of [0, 1, 2] as const) {
      await link.publish({ topic: 'test/ö', payload, qos, contentType: 'image/png', userProperties });
    }
    await until('all three came', () => got.length === 3);
    for (const [i, message] of got.entries()) {
      assert.deepEqual(message, {
        topic: 'test/ö',
        payload,
        qos: Math.min(i, 1),
        retain: false,
        duplicate: false,
        ...(five ? { contentType: 'image/png' } : {}),
        userProperties: five ? userProperties : {},
      });
    }
    assert.equal(five, name === 'mosquitto');
    assert.equal(link.url, url);
  });

  test(
    `a retained message comes to later subscribers, an empty one clears it, ${over}`,
    options,
    async (t) => {
      const { url } = await run(t, start);
      const link = await join(t, { url });
      await link.publish({ ...say('online'), retain: true });
      const got = await listen(t, url, 'test/a');
      await until('it came', () => got.length === 1);
      assert.deepEqual([texts(got), got[0]?.retain], [['online'], true]);
      await link.publish({ ...say(''), retain: true });
      const after = await listen(t, url, 'test/#');
      await link.publish(say('live'));
      await until('the live one came', () => after.length > 0);
      assert.deepEqual(texts(after), ['live']);
    },
  );

  test(
    `the will is published when the connection breaks, and not after close, ${over}`,
    options,
    async (t) => {
      const broker = await run(t, start);
      const got = await listen(t, broker.url, 'test/will');
      const { cable, url } = await lay(t, broker);
      const will = { ...say('offline', 'test/will'), retain: true };
      const polite = await join(t, { url, will });
      await polite.close();
      await join(t, { url, will, clientId: 'rude' });
      cable.cut();
      await until('the will came', () => got.length > 0);
      assert.deepEqual(texts(got), ['offline']);
    },
  );

  test(`after a restart of the broker it subscribes and publishes again, ${over}`, options, async (t) => {
    const broker = await run(t, start);
    const connects: boolean[] = [];
    const losses: string[] = [];
    const got: string[] = [];
    const link = await join(t, {
      url: broker.url,
      onConnect: async (it) => {
        connects.push(it.connected);
        await it.publish(say(`hello ${connects.length}`, 'test/status'));
      },
      onDisconnect: ({ code }) => void losses.push(code),
    });
    await link.subscribe('test/+', async ({ payload }) => void got.push(payload.toString()));
    await broker.crash();
    await until('the loss is noticed', () => !link.connected);
    const pending = link.publish(say('meanwhile'));
    await broker.restart();
    assert.equal(typeof (await pending).routed, 'boolean');
    await until('both came', () => got.length >= 2);
    assert.deepEqual([...got].sort(), ['hello 2', 'meanwhile']);
    assert.deepEqual(connects, [true, true]);
    assert.equal(losses[0], 'FACEPIPE_E_BROKER_LOST');
  });

  test(`a publish that met its deadline while away is never sent, ${over}`, options, async (t) => {
    const broker = await run(t, start);
    const got = await listen(t, broker.url, 'test/a');
    const { cable, url } = await lay(t, broker);
    const link = await join(t, { url, keepalive: 60 });
    cable.withhold('toServer');
    const lost = link.publish(say('lost on the way'), { timeout: 100 });
    await assert.rejects(lost, { code: 'FACEPIPE_E_PUBLISH_TIMEOUT', exit: 4 });
    cable.cut();
    await until('the loss is noticed', () => !link.connected);
    await assert.rejects(link.publish(say('too late'), { timeout: 1 }), {
      code: 'FACEPIPE_E_PUBLISH_TIMEOUT',
    });
    await link.publish(say('after'));
    await until('the last came', () => texts(got).includes('after'));
    assert.deepEqual(texts(got), ['after']);
  });

  test(
    `what was not acknowledged is sent again, at most maxInflight at once, ${over}`,
    options,
    async (t) => {
      const broker = await run(t, start);
      const got = await listen(t, broker.url, 'test/a');
      const { cable, url } = await lay(t, broker);
      const link = await join(t, { url, maxInflight: 3 });
      cable.withhold('toClient');
      const all = Promise.all(Array.from({ length: 10 }, (_, i) => link.publish(say(String(i)))));
      await until('the window is full', () => got.length === 3);
      cable.cut();
      await all;
      await until('all came', () => new Set(texts(got)).size === 10);
      const [first, again] = [texts(got).slice(0, 3), texts(got).slice(3)];
      assert.deepEqual(first, ['0', '1', '2']);
      assert.deepEqual(again, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    },
  );

  test(`close finishes handlers and publishes, and acknowledges, ${over}`, options, async (t) => {
    const { url } = await run(t, start);
    const session = { url, clientId: 'drains', clean: false };
    const link = await join(t, session);
    let finished = 0;
    const began: (() => void)[] = [];
    await link.subscribe('test/a', async () => {
      await new Promise<void>((resolve) => began.push(resolve));
      await link.publish(say('dead letter', 'test/dead'));
      finished += 1;
    });
    const other = await join(t, { url });
    for (const text of ['1', '2', '3']) await other.publish(say(text));
    await until('three handlers run', () => began.length === 3);
    const closed = link.close();
    await other.publish(say('4'));
    for (const finish of began) finish();
    await closed;
    await link.close();
    assert.equal(finished, 3);
    await assert.rejects(link.publish(say('5')), { code: 'FACEPIPE_E_LINK_CLOSED' });
    await assert.rejects(
      link.subscribe('test/a', async () => {}),
      { code: 'FACEPIPE_E_LINK_CLOSED' },
    );
    const next = await join(t, session);
    assert.equal(next.sessionPresent, true);
    const got: IncomingMessage[] = [];
    await next.subscribe('test/a', async (message) => void got.push(message));
    await until('the fourth came', () => texts(got).includes('4'));
    assert.deepEqual(texts(got), ['4']);
  });

  test(`close ends at once while there is no connection, ${over}`, options, async (t) => {
    const broker = await run(t, start);
    const link = await join(t, { url: broker.url });
    await broker.crash();
    await until('the loss is noticed', () => !link.connected);
    const pending = assert.rejects(link.publish(say('1')), { code: 'FACEPIPE_E_LINK_CLOSED' });
    await link.close({ timeout: 3_600_000 });
    await pending;
    assert.equal(link.connected, false);
  });

  test(`unsubscribe is made up for when it was said while away, ${over}`, options, async (t) => {
    const broker = await run(t, start);
    const got: IncomingMessage[] = [];
    const link = await join(t, { url: broker.url, clientId: 'leaver', clean: false });
    const keep = async (message: IncomingMessage) => void got.push(message);
    await link.subscribe('test/a', keep);
    await link.subscribe('test/b', keep);
    await broker.crash();
    await until('the loss is noticed', () => !link.connected);
    await link.unsubscribe('test/a');
    await broker.restart();
    await until('it is back', () => link.connected);
    const other = await join(t, { url: broker.url });
    await other.publish(say('unwanted'));
    await other.publish(say('wanted', 'test/b'));
    await until('one came', () => got.length > 0);
    assert.deepEqual(texts(got), ['wanted']);
  });

  test(`nothing keeps the process alive after close, ${over}`, options, async (t) => {
    const { url } = await run(t, start);
    const script = `
      import { connect } from '@facepipe/wire';
      const link = await connect({ url: '${url}', clientId: 'brief', clean: false });
      await link.subscribe('test/#', async () => {});
      await link.publish({ topic: 'test/a', payload: Buffer.from('x') });
      const early = link.publish({ topic: 'test/b', payload: Buffer.from('y') }).catch(() => {});
      await link.close();
      await early;
      console.log('closed');
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: new URL('../..', import.meta.url),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    const [code] = await once(child, 'close');
    assert.deepEqual([code, output], [0, 'closed\n']);
  });
}

const mosquitto = { skip: mosquittoMissing ?? false, timeout };

test('nobody listening is told apart on MQTT 5', mosquitto, async (t) => {
  const { url } = await run(t, startMosquitto);
  const link = await join(t, { url });
  assert.deepEqual(await link.publish(say('x', 'nobody/here')), { routed: false });
  await link.subscribe('nobody/+', async () => {});
  assert.deepEqual(await link.publish(say('x', 'nobody/here')), { routed: true });
});

test('a publish that the ACL forbids is refused at once', mosquitto, async (t) => {
  const { url } = await run(t, () => startMosquitto({ acl: ['topic read #', 'topic write allowed/#'] }));
  const link = await join(t, { url });
  await link.publish(say('x', 'allowed/a'));
  await assert.rejects(link.publish(say('x', 'forbidden/a')), { code: 'FACEPIPE_E_PUBLISH_DENIED', exit: 4 });
});

test(
  'a message up to the announced packet size passes, one byte more is refused before it is sent',
  mosquitto,
  async (t) => {
    const limit = 5000;
    const { url } = await run(t, () => startMosquitto({ config: [`max_packet_size ${limit}`] }));
    const losses: string[] = [];
    const link = await join(t, { url, onDisconnect: ({ code }) => void losses.push(code) });
    assert.equal(link.maximumPacketSize, limit);
    const extras = { contentType: 'image/png', userProperties: { device: 'ворота', long: 'x'.repeat(200) } };
    // Header 3, topic 8, packet id 2, properties 2 + (3 + 9) + (1 + 8 + 14) + (1 + 6 + 202), as MQTT 5 counts them.
    const overhead = 3 + 8 + 2 + 2 + 12 + 23 + 209;
    const largest = { topic: 'test/a', payload: Buffer.alloc(limit - overhead), ...extras };
    await link.publish(largest);
    const larger = { ...largest, payload: Buffer.alloc(limit - overhead + 1) };
    await assert.rejects(link.publish(larger), (error: Error) => {
      assert.match(
        error.message,
        /^A message of 5001 bytes on test\/a is larger than \S+ takes \(5000 bytes\)/,
      );
      return true;
    });
    await link.publish(say('still here'));
    assert.deepEqual(losses, []);
  },
);

test(
  'a message the broker finds too large without having said so is refused, and the link lives on',
  mosquitto,
  async (t) => {
    const { url } = await run(t, () => startMosquitto({ config: ['message_size_limit 1000'] }));
    const losses: string[] = [];
    const link = await join(t, { url, onDisconnect: ({ code }) => void losses.push(code) });
    assert.equal(link.maximumPacketSize, defaultMaximumPacketSize);
    await assert.rejects(link.publish({ topic: 'test/a', payload: Buffer.alloc(1001) }), {
      code: 'FACEPIPE_E_TOO_LARGE',
      message: /of 1001 bytes .* announced no limit/,
    });
    await link.publish({ topic: 'test/a', payload: Buffer.alloc(1000) });
    assert.deepEqual(losses, []);
  },
);

test('a broker that grants less than asked is not taken for a subscription', mosquitto, async (t) => {
  const { url } = await run(t, () => startMosquitto({ listener: ['max_qos 0'] }));
  const link = await join(t, { url });
  await assert.rejects(
    link.subscribe('test/a', async () => {}),
    { code: 'FACEPIPE_E_SUBSCRIBE_REFUSED', message: /grants only QoS 0/ },
  );
  await link.subscribe('test/a', async () => {}, { qos: 0 });
});

test('malformed topics, filters and properties never reach the broker', mosquitto, async (t) => {
  const { url } = await run(t, startMosquitto);
  const losses: string[] = [];
  const link = await join(t, { url, onDisconnect: ({ code }) => void losses.push(code) });
  await assert.rejects(link.publish(say('x', 'a/+')), { code: 'FACEPIPE_E_TOPIC', exit: 2 });
  await assert.rejects(
    link.subscribe('a#', async () => {}),
    { code: 'FACEPIPE_E_FILTER', exit: 2 },
  );
  for (const value of ['\0', '\ud800', 'x'.repeat(65536)]) {
    await assert.rejects(link.publish({ ...say('x'), userProperties: { value } }), {
      code: 'FACEPIPE_E_PROPERTY',
    });
  }
  await link.publish(say('still here'));
  assert.deepEqual(losses, []);
});

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

test('a publish that is ended by its signal is never sent again, and others go on', mosquitto, async (t) => {
  const broker = await run(t, startMosquitto);
  const { cable, url } = await lay(t, broker);
  const heard = await listen(t, broker.url, 'test/+');
  const link = await join(t, { url });
  const ending = new AbortController();
  const reason = new Error('enough');
  cable.withhold('toServer');
  const ended = link.publish(say('ended'), { signal: ending.signal });
  const other = link.publish(say('other'));
  ending.abort(reason);
  await assert.rejects(ended, reason);
  await assert.rejects(link.publish(say('late'), { signal: ending.signal }), reason);
  cable.cut();
  await other;
  await link.publish(say('last'));
  await until('the last is heard', () => heard.length === 2);
  assert.deepEqual(texts(heard), ['other', 'last']);
});

test('a subscription that may be refused later ends alone, and the link goes on', { timeout }, async (t) => {
  let granted = true;
  const broker = await run(t, () => startAedes({ grants: (filter) => granted || filter === 'kept' }));
  const link = await join(t, { url: broker.url });
  const heard: string[] = [];
  const refused: string[] = [];
  await link.subscribe('lost', async () => {}, { onRefused: ({ code }) => void refused.push(code) });
  await link.subscribe('kept', async ({ payload }) => void heard.push(String(payload)));
  granted = false;
  await broker.restart();
  await until('it is told', () => refused.length === 1);
  assert.deepEqual(refused, ['FACEPIPE_E_SUBSCRIBE_REFUSED']);
  await link.publish(say('still here', 'kept'));
  await until('the other is heard', () => heard.length === 1);
  await broker.restart();
  await link.publish(say('again', 'kept'));
  await until('it is heard after one more reconnect', () => heard.length === 2);
  assert.equal(refused.length, 1, 'it is not asked for again');
});
