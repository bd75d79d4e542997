import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import type { IncomingMessage } from '@facepipe/wire';
import { brokers, startMosquitto } from '../support/brokers.js';
import { join, lay, listen, mosquitto, run, say, texts, timeout } from '../support/link-scene.js';
import { until } from '../support/until.js';

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
