import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '@facepipe/service';
import { connect, encodeStatus, type Link, type OutgoingMessage } from '@facepipe/wire';
import { brokers, mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { noiseFace } from '../support/face.js';
import { start } from '../support/program.js';
import { reading } from '../support/reading.js';
import { stores } from '../support/stores.js';
import { until } from '../support/until.js';

const timeout = 300_000;

async function face(device: string, stream: string, seq: number): Promise<OutgoingMessage> {
  return (await noiseFace({ device, stream, seq })).message;
}

async function publish(link: Link, device: string, stream: string, from: number, to: number): Promise<void> {
  for (let seq = from; seq <= to; seq++) await link.publish(await face(device, stream, seq));
}

interface Report {
  device: string;
  seen: number;
  stored: number;
  outstanding: number;
  missing: number;
  dropped: number;
  dead: Record<string, number>;
  repeats: number;
  streams: { stream: string; outstanding: number[][]; missing: number[][]; dropped: number[][] }[];
}

const reportsOf = (stdout: string): Report[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

for (const broker of brokers) {
  test(`an audit names what a killed sink has not stored, and nothing once it is back, over ${broker.name}`, {
    skip: broker.missing,
    timeout,
  }, async (t) => {
    const running = await broker.start();
    t.after(() => running.stop());
    const place = (await stores[0]?.open()) ?? assert.fail();
    t.after(() => place.close());
    const flags = ['--broker', running.url];
    const store = ['--store', place.url, '--port', '0', '--client-id', 'sink'];
    const audits = ['early', 'whole'].map((id) =>
      start(['log', '--audit', '--json', '--client-id', id, ...flags]),
    );
    const [early, whole] = audits;
    assert.ok(early && whole);
    for (const audit of audits) t.after(() => audit.stop('SIGKILL'));
    const sink = start(['sink', ...flags, ...store]);
    await Promise.all([...audits.map((audit) => audit.line(/following/)), sink.line(/health and metrics/)]);
    const link = await connect({ url: running.url });
    t.after(() => link.close());
    const stream = newId();
    const receipts = new Set<string>();
    await link.subscribe('facepipe/+/stored', async ({ payload }) => {
      for (const id of JSON.parse(String(payload)).ids) receipts.add(id);
    });
    await publish(link, 'door', stream, 1, 20);
    await until('the first have receipts', () => receipts.size === 20);
    await sink.stop('SIGKILL');
    await publish(link, 'door', stream, 21, 30);
    await publish(link, 'window', newId(), 5, 5);

    const { code, stdout, stderr } = await early.stop('SIGINT');
    assert.equal(code, 1, stderr);
    const [door, window] = reportsOf(stdout);
    assert.ok(door && window);
    assert.deepEqual([door.device, door.seen, door.stored, door.outstanding], ['door', 30, 20, 10]);
    assert.deepEqual(door.streams[0]?.outstanding, [[21, 30]]);
    assert.deepEqual([window.device, window.outstanding, window.missing], ['window', 1, 0]);

    // what comes while the broker is away from the audit is queued in its session
    const back = start(['sink', ...flags, ...store]);
    t.after(() => back.stop());
    await until('all have receipts', () => receipts.size === 31);
    const end = await whole.stop();
    assert.equal(end.code, 0, end.stdout);
    assert.deepEqual(
      reportsOf(end.stdout).map(({ seen, stored, outstanding, missing }) => [
        seen,
        stored,
        outstanding,
        missing,
      ]),
      [
        [30, 30, 0, 0],
        [1, 1, 0, 0],
      ],
    );
  });
}

test('an audit survives a restart of its broker, and counts what came before it was back', {
  skip: mosquittoMissing,
  timeout,
}, async (t) => {
  const broker = await startMosquitto({ persistence: true });
  t.after(() => broker.stop());
  const audit = start(['log', '--audit', '--json', '--broker', broker.url]);
  t.after(() => audit.stop('SIGKILL'));
  await audit.line(/following/);
  const link = await connect({ url: broker.url });
  t.after(() => link.close());
  const stream = newId();
  const connects = () => audit.lines.filter((line) => /connected to/.test(line)).length;
  const away = async () => {
    await broker.restart();
    await until('the publisher is back', () => link.connected);
  };
  await publish(link, 'door', stream, 1, 5);
  await away();
  await publish(link, 'door', stream, 6, 30);
  await away();
  await publish(link, 'door', stream, 31, 35);
  await until('the audit is back', () => connects() >= 2 && /connected to/.test(audit.lines.at(-1) ?? ''));
  const { code, stdout } = await audit.stop();
  assert.equal(code, 1);
  const [door] = reportsOf(stdout);
  assert.deepEqual([door?.seen, door?.outstanding, door?.missing], [35, 35, 0]);
  // its session is gone with it: nothing is queued for nobody
  const again = await connect({ url: broker.url, clientId: 'other' });
  t.after(() => again.close());
  assert.deepEqual(await again.publish({ topic: 'facepipe/door/faces', payload: Buffer.of(1) }), {
    routed: false,
  });
});

test('gaps, dropped ranges, dead letters and repeats have their own columns', {
  skip: mosquittoMissing,
  timeout,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const place = (await stores[0]?.open()) ?? assert.fail();
  t.after(() => place.close());
  const sink = start(['sink', '--broker', broker.url, '--store', place.url, '--port', '0']);
  t.after(() => sink.stop());
  const audits = [[], ['--json']].map((more, n) =>
    start(['log', '--audit', '--broker', broker.url, '--client-id', `audit${n}`, '--port', '0', ...more]),
  );
  for (const audit of audits) t.after(() => audit.stop('SIGKILL'));
  await Promise.all([...audits.map((audit) => audit.line(/following/)), sink.line(/health and metrics/)]);
  const link = await connect({ url: broker.url });
  t.after(() => link.close());
  const stream = newId();
  const first = await face('door', stream, 1);
  for (const message of [first, first]) await link.publish(message);
  await publish(link, 'door', stream, 2, 3);
  await publish(link, 'door', stream, 10, 10);
  // the same id with other bytes, as a forger or a broken capture sends it
  const twin = await face('door', stream, 9);
  await link.publish(twin);
  await until('the twin is stored', async () => (await place.list()).size === 5);
  const payload = (await face('door', stream, 9)).payload;
  await link.publish({ ...twin, payload });
  const status = {
    state: 'online',
    instance: newId(),
    version: '1',
    since: '',
    uptime: 1,
    totals: {},
    rates: {},
  } as const;
  const dropped = [{ stream, from: 4, to: 5, reason: 'full' }];
  await link.publish({ topic: 'facepipe/door/status', payload: encodeStatus({ ...status, dropped }) });
  await link.publish({ topic: 'facepipe/door/faces', payload: Buffer.from('no picture') });
  await publish(link, 'door', stream, 8, 8);
  for (const audit of audits)
    await until('it knows of the last face, which fills a gap, and of its receipt', async () => {
      const [missing, open] = [await reading(audit, 'log_missing'), await reading(audit, 'log_outstanding')];
      return missing === 2 && open === 0;
    });
  const [text, json] = await Promise.all(audits.map((audit) => audit.stop()));
  assert.deepEqual([text?.code, json?.code], [1, 1]);
  const [door] = reportsOf(json?.stdout ?? '');
  assert.ok(door);
  assert.deepEqual(door.streams, [
    { stream, first: 1, last: 10, outstanding: [], missing: [[6, 7]], dropped: [[4, 5]] },
  ]);
  const { seen, stored, outstanding, missing, repeats, dead } = door;
  assert.deepEqual([seen, stored, outstanding, missing, door.dropped, repeats], [6, 6, 0, 2, 2, 2]);
  assert.deepEqual(dead, {});
  assert.match(text?.stdout ?? '', /^door +6 +6 +0 +2 +2 +0 +2$/m);
  assert.match(text?.stdout ?? '', new RegExp(`^ {2}missing {2}${stream} {2}seq 6-7$`, 'm'));
  assert.match(text?.stderr ?? '', /not an image/);
});

test('an audit without anything outstanding ends with 0 by itself', { timeout }, async (t) => {
  const broker = (await brokers[1]?.start()) ?? assert.fail();
  t.after(() => broker.stop());
  const audit = start(['log', '--audit', '--broker', broker.url, '--duration', '300ms']);
  assert.equal((await audit.ended).code, 0);
});
