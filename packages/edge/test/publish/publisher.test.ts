import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { newId } from '@facepipe/service';
import {
  connect,
  decodeStatus,
  decodeVisit,
  encodeReceipt,
  type IncomingMessage,
  type VisitMessage,
} from '@facepipe/wire';
import { startBroker } from '../../dist/broker/embedded.js';
import { Publisher, type PublisherOptions } from '../../dist/publish/publisher.js';
import type { PublisherEvent } from '../../dist/publish/publisher-event.js';
import { StatusPublisher } from '../../dist/publish/status-publisher.js';
import { openSpool } from '../../dist/spool/open.js';
import { handClock } from '../hand-clock.js';
import { until } from '../until.js';

const never = new AbortController().signal;

/** A spool on disk, a real broker, somebody who listens there, and a publisher whose clock stands still. */
async function stage(t: TestContext, options: Partial<PublisherOptions> = {}) {
  const broker = await startBroker({ host: '127.0.0.1', port: 0 });
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-publisher-'));
  const spool = await openSpool(folder, { brokers: ['b'], maxBytes: 2 ** 20, ttl: 1e9, full: 'drop-oldest' });
  const { clock, pass, sleeping } = handClock();
  const heard: IncomingMessage[] = [];
  const sink = await connect({ url: broker.url, clientId: `sink-${newId()}`, clean: true }, never);
  await sink.subscribe('facepipe/+/#', async (message) => void heard.push(message));
  const totals = () => ({ frames: 10, captured: 5 });
  const open: { visits?: number } = {};
  const status = new StatusPublisher(
    'door',
    '1.2.3',
    totals,
    () => (open.visits === undefined ? {} : { active: open.visits }),
    clock,
  );
  const events: PublisherEvent[] = [];
  const link = { url: broker.url, clientId: `door-${newId()}` };
  const publisher = new Publisher({
    ...{ name: 'door', broker: 'b', spool, link, status, clock },
    ...{ until: 'stored', receiptTimeout: 60_000, backlogShare: 0.2, live: true },
    onEvent: (event) => events.push(event),
    ...options,
  });
  t.after(async () => {
    await publisher.close();
    await sink.close({ timeout: 0 });
    await spool.close();
    await broker.close();
    rmSync(folder, { recursive: true });
  });
  await until(() => publisher.connected && events.some(({ type }) => type === 'connected'));
  const append = () =>
    spool.append(async ({ id, seq }) => ({
      topic: 'facepipe/door/faces',
      userProperties: { id, seq: String(seq) },
      payload: Buffer.from(id),
    }));
  const faces = () =>
    heard.filter(({ topic }) => topic.endsWith('/faces')).map(({ payload }) => String(payload));
  const receipt = (...ids: string[]) =>
    sink.publish({ topic: 'facepipe/door/stored', payload: encodeReceipt({ ids }), qos: 1 });
  const kinds = () => events.map(({ type }) => type);
  const told = { heard, faces, events, kinds };
  return { publisher, spool, status, open, ...told, append, receipt, pass, sleeping, sink, broker };
}

test('a face goes again when its receipt is late, and no sooner; its receipt frees it', async (t) => {
  const { publisher, append, faces, receipt, pass, kinds, spool } = await stage(t);
  const { id } = await append();
  await until(() => publisher.awaitingReceipt === 1);
  pass(59_999);
  await turn();
  assert.deepEqual(faces(), [id]);
  pass(1);
  await until(() => faces().length === 2);
  assert.equal(publisher.totals.republished, 1);
  assert.equal(publisher.totals.published, 1, 'it counts once');
  assert.ok(kinds().includes('silent'));
  await receipt(id);
  await until(() => publisher.owed.faces === 0);
  await until(() => kinds().at(-1) === 'receipts');
  assert.deepEqual([publisher.totals.stored, spool.stats().faces], [1, 0]);
});

test('until acked the broker’s acknowledgement frees a face, and no receipt is waited for', async (t) => {
  const { publisher, append, pass, faces } = await stage(t, { until: 'acked' });
  await append();
  await until(() => publisher.owed.faces === 0);
  pass(10 * 60_000);
  await turn();
  assert.deepEqual([faces().length, publisher.totals.published, publisher.totals.republished], [1, 1, 0]);
});

test('drained ends when all are freed, and early with its signal', async (t) => {
  const { publisher, append, receipt, pass, sleeping } = await stage(t);
  const { id } = await append();
  const stop = new AbortController();
  const given = publisher.drained(stop.signal);
  stop.abort();
  await given;
  assert.equal(publisher.owed.faces, 1);
  let drained = false;
  const whole = publisher.drained(never).then(() => {
    drained = true;
  });
  await until(() => publisher.awaitingReceipt === 1 && sleeping() > 0);
  pass(20);
  await turn();
  assert.equal(drained, false);
  await receipt(id);
  await until(() => publisher.owed.faces === 0);
  pass(20);
  await whole;
});

test('the status tells uptime, rates and the reason of an absence by the clock', async (t) => {
  const { publisher, status, heard, pass } = await stage(t);
  const last = () =>
    decodeStatus(heard.filter(({ topic }) => topic.endsWith('/status')).at(-1)?.payload ?? Buffer.of());
  status.begin();
  pass(10_000);
  assert.ok(await publisher.announce(60_000));
  await until(() => last()?.uptime === 10);
  assert.deepEqual(last()?.rates, { frames: 1, faces: 0.5 });
  assert.equal(last()?.state, 'online');
  status.away = 'no frame came';
  assert.ok(await publisher.announce(60_000));
  await until(() => last()?.state === 'offline');
  const { reason, since } = last() ?? {};
  assert.deepEqual([reason, since], ['no frame came', new Date(1_010_000).toISOString()]);
});

test('the status tells how many visits are open, once the capture runs and where it counts them', async (t) => {
  const { publisher, status, open, heard } = await stage(t);
  const statuses = () =>
    heard.filter(({ topic }) => topic.endsWith('/status')).map(({ payload }) => decodeStatus(payload));
  const announce = async () => {
    const before = statuses().length;
    assert.ok(await publisher.announce(60_000));
    await until(() => statuses().length > before);
    return statuses().at(-1)?.active;
  };
  assert.equal(await announce(), undefined);
  open.visits = 3;
  assert.equal(await announce(), undefined, 'it does not run yet');
  status.begin();
  assert.equal(await announce(), 3);
  open.visits = 0;
  assert.equal(await announce(), 0);
});

const begin = '2026-11-21T12:34:56.789Z';
const begun = (active = 1): VisitMessage => ({ type: 'begin', visit: newId(), begin, active });
const visitsOf = (heard: IncomingMessage[]) => heard.filter(({ topic }) => topic === 'facepipe/door/visits');

test('what happens to visits is told in its order, and nobody is told afterwards', async (t) => {
  const { publisher, heard, broker } = await stage(t);
  const first = begun();
  const { visit } = first;
  const events: VisitMessage[] = [
    first,
    { type: 'picture', visit, begin, frames: 3, picture: newId(), quality: 61, active: 1 },
    ...Array.from({ length: 200 }, (_, n) => begun(n + 2)),
    { type: 'end', visit, begin, end: begin, frames: 90, quality: 61, active: 200 },
  ];
  for (const event of events) publisher.visit(event);
  await until(() => visitsOf(heard).length === events.length);
  assert.deepEqual(
    visitsOf(heard).map(({ payload }) => decodeVisit(payload)),
    events,
  );
  assert.deepEqual([visitsOf(heard)[0]?.qos, publisher.visitsMissed], [1, 0]);
  const late = await connect({ url: broker.url, clientId: `late-${newId()}`, clean: true }, never);
  const retained: string[] = [];
  await late.subscribe('#', async ({ topic }) => void retained.push(topic));
  await late.publish({ topic: 'marker', payload: Buffer.of(), qos: 1 });
  await until(() => retained.includes('marker') && retained.includes('facepipe/door/status'));
  await late.close({ timeout: 0 });
  assert.equal(retained.length, 2);
});

test('what happens to visits while the broker is away is counted, and does not come when it is back', async (t) => {
  const { publisher, heard, broker, kinds, sink } = await stage(t);
  await broker.close();
  await until(() => !publisher.connected && kinds().includes('away'));
  publisher.visit(begun());
  publisher.visit(begun());
  assert.equal(publisher.visitsMissed, 2);
  const again = await startBroker({ host: '127.0.0.1', port: broker.port });
  t.after(() => again.close());
  await until(() => publisher.connected && sink.connected);
  const event = begun();
  publisher.visit(event);
  await until(() => visitsOf(heard).length > 0);
  assert.deepEqual(
    visitsOf(heard).map(({ payload }) => decodeVisit(payload)),
    [event],
  );
  assert.equal(publisher.visitsMissed, 2);
});

test('events of visits that are under way have left when it is closed, before the last status', async (t) => {
  const { publisher, heard } = await stage(t);
  for (let n = 0; n < 200; n++) publisher.visit(begun());
  await publisher.close();
  assert.equal(publisher.visitsMissed, 0);
  await until(() => visitsOf(heard).length === 200);
  await until(() => heard.at(-1)?.topic.endsWith('/status') === true);
  publisher.visit(begun());
  assert.equal(publisher.visitsMissed, 1);
});

test('what was dropped is told once, in the order of the seqs', async (t) => {
  const { publisher, spool, append, heard } = await stage(t);
  await append();
  await append();
  for (const seq of [1, 2]) spool.abandon('b', seq, 'full');
  await publisher.announceDropped();
  const statuses = () => heard.filter(({ topic }) => topic.endsWith('/status'));
  const told = () => decodeStatus(statuses().at(-1)?.payload ?? Buffer.of())?.dropped;
  await until(() => told() !== undefined);
  assert.deepEqual(told(), [{ stream: spool.stream, from: 1, to: 2, reason: 'full' }]);
  const before = statuses().length;
  await publisher.announceDropped();
  assert.equal(statuses().length, before, 'nothing new to tell');
});

test('another capture that says, live, that it has the name is told of; later ones are not waited for', async (t) => {
  const { events, sink, sleeping } = await stage(t);
  const other = new StatusPublisher('door', '1.2.3', () => ({}));
  await until(() => sleeping() > 0);
  await sink.publish(other.here([]));
  await until(() => events.some(({ type }) => type === 'name-taken'));
  const quiet = await stage(t);
  await until(() => quiet.sleeping() > 0);
  quiet.pass(11_000);
  await until(() => quiet.sleeping() === 0);
  // behind the end of its subscription, on the same connection
  await quiet.append();
  await until(() => quiet.publisher.awaitingReceipt === 1);
  await quiet.sink.publish(other.here([]));
  assert.ok(!quiet.kinds().includes('name-taken'));
});
