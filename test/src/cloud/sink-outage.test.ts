import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { startCable } from '../support/cable.js';
import { faces, holdsExactly, publishAll, Scene, settled } from '../support/sink-scene.js';
import { s3Missing, s3Server, stores } from '../support/stores.js';
import { until } from '../support/until.js';

test('lost acknowledgements: what comes again is recognised', { skip: mosquittoMissing }, async (t) => {
  const scene = new Scene(t);
  const broker = await scene.broker(startMosquitto({ config: ['max_inflight_messages 30'] }));
  const cable = await startCable(broker.port);
  t.after(() => cable.close());
  const place = await scene.place(stores[0]?.open() ?? assert.fail());
  const sink = await scene.sink(`mqtt://127.0.0.1:${cable.port}`, scene.store(place));
  const sent = await faces(200);
  const link = await scene.link(broker.url);
  cable.withhold('toServer');
  await publishAll(link, sent);
  await until('a window of them is stored', () => sink.totals.stored >= 30);
  cable.cut();
  await until('every face is stored', () => sink.totals.stored >= 200);
  await until('the window came again', () => sink.totals.duplicates >= 30);
  await holdsExactly(place, sent);
  assert.ok(sink.events.some(({ type }) => type === 'offline'));
  assert.equal(sink.ready, undefined);
});

test('an outage of the store: nothing is lost, and the connection stays', {
  skip: mosquittoMissing ?? s3Missing,
}, async (t) => {
  const scene = new Scene(t);
  const { url } = await scene.broker(startMosquitto());
  const place = await scene.place(stores[1]?.open() ?? assert.fail());
  const server = await s3Server();
  const sink = await scene.sink(url, scene.store(place), { link: { url, keepalive: 2 } });
  const sent = await faces(90);
  const link = await scene.link(url);
  await publishAll(link, sent.slice(0, 30));
  await until('the first are stored', () => sink.totals.stored === 30);
  t.after(() => server.gateway('start'));
  await server.gateway('stop');
  const since = Date.now();
  await publishAll(link, sent.slice(30, 60));
  await until('the sink is not ready', () => sink.ready?.includes('cannot be reached') ?? false);
  // more than three times the keepalive, at 1.5 times of which an unanswered connection is dropped
  await until('the outage was long', () => Date.now() - since > 7_000);
  assert.equal(sink.totals.stored, 30);
  assert.ok(sink.held > 0);
  assert.ok(sink.connected);
  await server.gateway('start');
  await publishAll(link, sent.slice(60));
  await until('all are stored', () => settled(sink) >= 90);
  assert.equal(sink.events.filter(({ type }) => type === 'offline').length, 0);
  assert.equal(sink.totals.dead, 0);
  assert.equal(sink.totals.received, 90, 'nothing came twice');
  await until('the sink is ready again', () => sink.ready === undefined);
  await holdsExactly(place, sent);
  const retries = sink.events.filter(({ type }) => type === 'store-retry').length;
  assert.match(await sink.metrics.metrics(), new RegExp(`facepipe_sink_store_retries_total ${retries}\\n`));
});

test('an outage longer than every keepalive, under load: memory is bounded, the broker queues, all arrive', {
  skip: mosquittoMissing ?? s3Missing,
}, async (t) => {
  const scene = new Scene(t);
  // a broker that holds nothing back, so that only the bound does
  const config = ['max_inflight_messages 0', 'max_queued_messages 0'];
  const { url } = await scene.broker(startMosquitto({ config }));
  const place = await scene.place(stores[1]?.open() ?? assert.fail());
  const server = await s3Server();
  const sent = await faces(400);
  const maxHeld = 20 * (sent[0]?.payload.length ?? 0);
  const link = { url, keepalive: 1, receiveMaximum: 1000 };
  const sink = await scene.sink(url, scene.store(place), { link, maxHeld });
  const publisher = await scene.link(url);
  await publishAll(publisher, sent.slice(0, 50));
  await until('the first are stored', () => settled(sink) >= 50);
  t.after(() => server.gateway('start'));
  await server.gateway('stop');
  const since = Date.now();
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, sink.held);
  }, 5);
  t.after(() => clearInterval(watch));
  await publishAll(publisher, sent.slice(50));
  await until('the sink is not ready', () => sink.ready !== undefined);
  await until('the outage was long', () => Date.now() - since > 6_000);
  assert.ok(sink.connected, 'still there, with its queue in the broker');
  await server.gateway('start');
  await until('all are stored', () => sink.totals.stored >= 400);
  await until('it is ready again', () => sink.ready === undefined);
  assert.ok(most > 0 && most <= maxHeld, `held ${most} of ${maxHeld}`);
  assert.equal(sink.totals.dead, 0);
  const away = sink.events.flatMap((event) => (event.type === 'store-down' ? event.error.message : []));
  assert.equal(away.length, 1, `told once: ${away}`);
  await holdsExactly(place, sent);
});

test('stop() during an outage ends, and the broker keeps what was not stored', {
  skip: mosquittoMissing ?? s3Missing,
}, async (t) => {
  const scene = new Scene(t);
  const { url } = await scene.broker(startMosquitto());
  const place = await scene.place(stores[1]?.open() ?? assert.fail());
  const server = await s3Server();
  const first = await scene.sink(url, scene.store(place));
  const sent = await faces(20);
  t.after(() => server.gateway('start'));
  await server.gateway('stop');
  await publishAll(await scene.link(url), sent);
  await until('it tries', () => first.events.some(({ type }) => type === 'store-retry'));
  await first.stop();
  assert.equal(first.inFlight, 0);
  assert.equal(first.totals.stored, 0);
  await server.gateway('start');
  const second = await scene.sink(url, scene.store(place));
  await until('all are stored', () => settled(second) >= 20);
  await holdsExactly(place, sent);
});
