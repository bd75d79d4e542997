import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { openStore, type Sink, type Store, startSink } from '@facepipe/cloud';
import { connect, decodeReceipt } from '@facepipe/wire';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { noiseFace } from '../support/face.js';
import { type Answer, imitated, page, taken } from '../support/imitation.js';
import { stores } from '../support/stores.js';
import { until } from '../support/until.js';

/** A broker, a sink, and who publishes and hears its receipts. */
async function scene(t: TestContext, store: Store) {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const began = Date.now();
  const sink: Sink = await startSink({
    link: { url: broker.url },
    secret: randomBytes(16),
    topic: 'facepipe/+/faces',
    store,
    key: '{device}/{id}.{ext}',
    concurrency: 4,
    deadLetter: 'facepipe/{device}/dead',
  });
  t.after(() => sink.stop());
  const took = Date.now() - began;
  const link = await connect({ url: broker.url });
  t.after(() => link.close());
  const stored = new Set<string>();
  await link.subscribe('facepipe/+/stored', async ({ payload }) => {
    for (const id of decodeReceipt(payload).ids) stored.add(id);
  });
  const publish = async (captured = new Date()) => {
    const {
      facts: { id },
      message,
    } = await noiseFace({ captured });
    await link.publish(message);
    return id;
  };
  return { sink, took, stored, publish };
}

test('a store that says nothing in time, imitated, holds up the start for seconds only', {
  skip: mosquittoMissing,
}, async (t) => {
  const silent: Answer = () => {};
  await imitated([silent, taken], async ({ store }) => {
    const { sink, took, stored, publish } = await scene(t, store);
    assert.ok(took >= 5_000 && took < 30_000, `${took} ms`);
    assert.match(sink.ready ?? '', /was not done within 5 s/);
    const id = await publish();
    await until('its face is stored', () => stored.has(id));
    assert.equal(sink.ready, undefined);
    await sink.stop();
  });
});

test('a captive portal, imitated, gets no face, and takes none from anybody', {
  skip: mosquittoMissing,
}, async (t) => {
  let portal: Answer | undefined;
  const kept = new Map<string, Buffer>();
  const answer: Answer = (request, response, body) => {
    if (typeof portal === 'function') return portal(request, response, body);
    if (portal) {
      const { status, headers, body: text } = portal;
      response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : text);
      return;
    }
    if (request.method === 'PUT') kept.set(request.url ?? '', body);
    const etag = createHash('md5').update(body).digest('hex');
    response.writeHead(200, { etag: `"${etag}"`, 'x-amz-request-id': 'tx1' }).end();
  };
  await imitated([answer], async ({ store, endpoint }) => {
    const { sink, stored, publish } = await scene(t, store);
    const portals = [
      page(),
      page(200, { etag: '"of-the-page"' }),
      page(403),
      page(404),
      page(412),
      page(413),
    ];
    for (portal of [...portals, page(302, { location: `${endpoint}/login` })]) {
      const id = await publish();
      await until('it is not ready', () => /is not the store/.test(sink.ready ?? ''));
      assert.ok(!stored.has(id));
      assert.deepEqual([sink.totals.dead, sink.held > 0], [0, true]);
      portal = undefined;
      await until('its face is stored', () => stored.has(id));
      assert.ok([...kept.keys()].some((url) => url.includes(id)));
      await until('it is ready', () => sink.ready === undefined);
    }
    await sink.stop();
  });
});

test('times that cannot be right have no lag, and are counted', { skip: mosquittoMissing }, async (t) => {
  const place = await (stores[0] ?? assert.fail()).open();
  t.after(() => place.close());
  const { sink, stored, publish } = await scene(t, openStore(place.url));
  const now = Date.now();
  const wrong = [
    new Date(0),
    new Date('2024-12-31'),
    new Date(now + 3600_000),
    new Date('9999-12-31T23:59:59Z'),
  ];
  const ids: string[] = [];
  for (const captured of [...wrong, new Date(now), new Date(now - 60_000)]) ids.push(await publish(captured));
  await until('all are stored', () => ids.every((id) => stored.has(id)));
  const metrics = await sink.metrics.metrics();
  assert.match(metrics, /^facepipe_sink_implausible_times_total 4$/m);
  assert.match(metrics, /^facepipe_sink_lag_seconds_count 2$/m);
  const sum = Number(/^facepipe_sink_lag_seconds_sum (.+)$/m.exec(metrics)?.[1]);
  assert.ok(sum >= 60 && sum < 600, String(sum));
});
