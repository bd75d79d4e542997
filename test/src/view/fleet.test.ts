import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { openStore, parseKey } from '@facepipe/cloud';
import { newId } from '@facepipe/service';
import { connect, encodeReceipt, encodeStatus, encodeVisit, fillTopic, topics } from '@facepipe/wire';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { noiseFace } from '../support/face.js';
import { addressOf, watch } from '../support/page.js';
import { freshFolder, start } from '../support/program.js';
import { until } from '../support/until.js';

const never = new AbortController().signal;
const options = { skip: mosquittoMissing ?? false, timeout: 300_000 };

test(
  'a page of a broker shows 300 devices, a face, its receipt, and opens its object',
  options,
  async (t) => {
    const broker = await startMosquitto({});
    t.after(() => broker.stop());
    const link = await connect({ url: broker.url }, never);
    t.after(() => link.close());
    const status = { instance: newId(), version: '1.0.0', since: new Date().toISOString(), uptime: 5 };
    const devices = Array.from({ length: 300 }, (_, i) => `camera-${i}`);
    for (const [i, device] of devices.entries()) {
      const state = i % 10 === 9 ? 'offline' : 'online';
      const payload = encodeStatus({
        ...status,
        state,
        totals: { spooled: i, lost: 0 },
        rates: {},
        active: 1,
      });
      await link.publish({ topic: fillTopic(topics.status, { device }), payload, retain: true });
    }

    const bucket = pathToFileURL(freshFolder('facepipe-fleet-')).href;
    const program = start(['view', '--broker', broker.url, '--view', '0', '--store', bucket]);
    const url = await addressOf(program);
    const page = await watch(url);
    assert.equal(page.hello?.mode, 'view');
    await until('all devices are there', () => page.state.devices.length === 300);
    const offline = page.state.devices.filter(({ state }) => state === 'offline');
    assert.equal(offline.length, 30);
    assert.equal(page.state.devices.find(({ device }) => device === 'camera-42')?.outstanding, 42);

    await program.line(/and subscribed/);
    const device = 'camera-42';
    const { facts, message } = await noiseFace({ device });
    const visit = newId();
    const begin = facts.captured.toISOString();
    const tell = (payload: Buffer) => link.publish({ topic: fillTopic(topics.visits, { device }), payload });
    await tell(encodeVisit({ type: 'begin', visit, begin, active: 1 }));
    await link.publish(message);
    await until('the face is there', () => page.state.pictures.length === 1);
    const picture = await fetch(`${url}pictures/${facts.id}`);
    assert.deepEqual(Buffer.from(await picture.arrayBuffer()), message.payload);
    await until('its visit is there', () => page.state.visits.length === 1);
    assert.equal(page.state.pictures[0]?.steps.stored, undefined);
    assert.equal((await fetch(`${url}objects/${facts.id}`)).status, 404);

    const store = openStore(bucket);
    const key = parseKey('{device}/{yyyy}/{mm}/{dd}/{id}.{ext}')({ ...facts, ext: 'png' });
    const sha256 = createHash('sha256').update(message.payload).digest('hex');
    await store.put({ key, body: message.payload, contentType: 'image/png', metadata: {}, sha256 });
    await store.close();
    const payload = encodeReceipt({ ids: [facts.id] });
    await link.publish({ topic: fillTopic(topics.stored, { device }), payload });
    await until('it is stored', () => page.state.pictures[0]?.steps.stored !== undefined);
    const object = await fetch(`${url}objects/${facts.id}`);
    assert.deepEqual(Buffer.from(await object.arrayBuffer()), message.payload);

    page.close();
    const { code } = await program.stop();
    assert.equal(code, 143);
  },
);

test('what no program of facepipe says is said on the page, and stops nothing', options, async (t) => {
  const broker = await startMosquitto({});
  t.after(() => broker.stop());
  const link = await connect({ url: broker.url }, never);
  t.after(() => link.close());
  const program = start(['view', '--broker', broker.url, '--view', '0']);
  const page = await watch(await addressOf(program));
  await program.line(/and subscribed/);
  const payloads = [
    '',
    '{',
    'null',
    '[]',
    '{"ids":7}',
    '\u0000\u202e<script>alert(1)</script>',
    'x'.repeat(100_000),
  ];
  for (const topic of Object.values(topics))
    for (const payload of payloads)
      await link.publish({
        topic: fillTopic(topic, { device: '<img src=x>' }),
        payload: Buffer.from(payload),
      });
  await until('a problem is said', () => page.state.problems.length > 0);
  const { facts, message } = await noiseFace({ device: 'door' });
  await link.publish(message);
  await until('the next face is there', () => page.state.pictures.some(({ id }) => id === facts.id));
  page.close();
  await program.stop();
});

test('a page waits for a broker that is away, and says so', options, async (t) => {
  const broker = await startMosquitto({});
  t.after(() => broker.stop());
  await broker.crash();
  const program = start(['view', '--broker', broker.url, '--view', '0']);
  const page = await watch(await addressOf(program));
  await until('it is said to be down', () => page.state.hops.some(({ state }) => state === 'down'));
  await broker.restart();
  await until('it is up', () => page.state.hops.some(({ state }) => state === 'up'));
  page.close();
  await program.stop();
});
