import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { newId } from '@facepipe/service';
import { connect, decodeStatus, encodeReceipt, type IncomingMessage } from '@facepipe/wire';
import { startBroker } from '../../dist/broker/embedded.js';
import { Publisher, type PublisherOptions } from '../../dist/publish/publisher.js';
import type { PublisherEvent } from '../../dist/publish/publisher-event.js';
import { StatusPublisher } from '../../dist/publish/status-publisher.js';
import { openSpool } from '../../dist/spool/open.js';
import { handClock } from '../hand-clock.js';

const never = new AbortController().signal;

/** A state that real brokers and disks bring about in their own time. */
async function until(state: () => boolean): Promise<void> {
  while (!state()) await turn();
}

/** A spool on disk, a real broker, somebody who listens there, and a publisher whose clock stands still. */
async function stage(t: TestContext, options: Partial<PublisherOptions> = {}) {
  const broker = await startBroker({ host: '127.0.0.1', port: 0 });
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-publisher-'));
  const spool = await openSpool(folder, { brokers: ['b'], maxBytes: 2 ** 20, ttl: 1e9, full: 'drop-oldest' });
  const { clock, pass, sleeping } = handClock();
  const heard: IncomingMessage[] = [];
  const sink = await connect({ url: broker.url, clientId: `sink-${newId()}`, clean: true }, never);
  await sink.subscribe('facepipe/+/#', async (message) => void heard.push(message));
  const status = new StatusPublisher('door', '1.2.3', () => ({ frames: 10, captured: 5 }), clock);
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
  return { publisher, spool, status, heard, faces, append, receipt, events, kinds, pass, sleeping, sink };
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
