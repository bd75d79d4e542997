import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetector } from '@facepipe/core';
import { type CaptureEvent, type CaptureOptions, openSource, startCapture } from '@facepipe/edge';
import { connect, decodeFace, decodeStatus, encodeReceipt, type Status } from '@facepipe/wire';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { freshFolder } from '../support/program.js';
import { until } from '../support/until.js';

const timeout = 300_000;
const skip = mosquittoMissing ?? false;
const detection = { minSize: { width: 30, height: 30 }, minNeighbors: 4 };
const never = new AbortController().signal;

const demo = (frames: number): Promise<Pick<CaptureOptions, 'source' | 'frames'>> =>
  openSource('demo', { realtime: false }).then((source) => ({ source, frames }));

test('a program embeds a capture: faces reach a real broker, ids and numbers agree, the status says so', {
  skip,
  timeout,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const watcher = await connect({ url: broker.url });
  t.after(() => watcher.close());
  const [ids, statuses] = [new Set<string>(), [] as Status[]];
  await watcher.subscribe(
    'facepipe/door/faces',
    async (message) => void ids.add((await decodeFace(message)).id),
  );
  await watcher.subscribe('facepipe/door/status', async ({ payload }) => {
    const status = decodeStatus(payload);
    if (status) statuses.push(status);
  });
  const detector = await createDetector({ cascade: 'frontalface_alt2' });
  t.after(() => detector.close());
  const events: CaptureEvent[] = [];
  const capture = await startCapture(
    {
      ...(await demo(20)),
      detector,
      detection,
      visits: { send: 'every' },
      name: 'door',
      version: '1.2.3',
      spool: { folder: freshFolder('start-capture-') },
      brokers: [{ link: { url: broker.url } }],
      onEvent: (event) => events.push(event),
    },
    never,
  );
  t.after(() => capture.stop());
  assert.equal(await capture.ended, undefined);
  assert.equal(capture.ready, undefined);
  assert.equal(capture.unsent, undefined);
  await capture.stop();
  const { frames, captured, published, spooled, lost } = capture.totals;
  assert.equal(frames, 20);
  assert.ok(published > 0);
  // on a busy machine some may be left for the next run
  assert.deepEqual([published + spooled, lost], [captured, 0]);
  await until('all faces are here', () => ids.size >= published);
  const faces = events.flatMap((event) => (event.type === 'face' ? [event.face] : []));
  assert.equal(faces.length, captured);
  const kept = new Set(faces.map(({ id }) => id));
  assert.deepEqual(
    [...ids].filter((id) => !kept.has(id)),
    [],
  );
  assert.ok(faces.every(({ stream }) => stream === capture.stream));
  await until('the last status is here', () => statuses.at(-1)?.state === 'offline');
  assert.equal(statuses.at(-1)?.version, '1.2.3');
  assert.equal(statuses.at(-1)?.totals.captured, captured);
  const metrics = await capture.metrics.metrics();
  assert.match(metrics, new RegExp(`^facepipe_capture_captured_total ${captured}$`, 'm'));
});

test('faces wait in the spool for a broker that is away, and the next start delivers them', {
  skip,
  timeout,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  await broker.crash();
  const detector = await createDetector({ cascade: 'frontalface_alt2' });
  t.after(() => detector.close());
  const spool = { folder: freshFolder('start-capture-') };
  const visits = { send: 'every' } as const;
  const options = { detector, detection, visits, name: 'door', version: '1', spool } as const;
  const brokers = [{ name: 'site', link: { url: broker.url } }];
  const events: CaptureEvent[] = [];
  const onEvent = (event: CaptureEvent) => void events.push(event);
  const first = await startCapture({ ...options, ...(await demo(5)), brokers, onEvent }, never);
  t.after(() => first.stop());
  assert.match(first.ready ?? '', /is offline$/);
  assert.equal(await first.ended, undefined);
  const { captured, spooled } = first.totals;
  assert.ok(captured > 0 && spooled === captured);
  assert.equal(first.unsent?.faces, captured);
  assert.ok(events.some((event) => event.type === 'left' && event.faces === captured));
  await first.stop();
  await broker.restart();

  // receipts as a sink gives them, from whoever sees the faces
  const watcher = await connect({ url: broker.url });
  t.after(() => watcher.close());
  await watcher.subscribe('facepipe/door/faces', async (message) => {
    const { id } = await decodeFace(message);
    await watcher.publish({ topic: 'facepipe/door/stored', payload: encodeReceipt({ ids: [id], dead: [] }) });
  });
  const stop = new AbortController();
  const second = await startCapture(
    { ...options, source: await openSource('demo'), brokers, until: 'stored' },
    stop.signal,
  );
  t.after(() => second.stop());
  await until('the faces of both runs are stored', () => second.totals.stored > captured);
  stop.abort();
  assert.equal(await second.ended, undefined);
  await second.stop();
  const { totals } = second;
  assert.equal(totals.stored + totals.spooled, captured + totals.captured);
  assert.deepEqual([first.totals.earlier, totals.earlier], [0, captured]);
});

test('what cannot be used is refused, and leaves nothing open', { timeout }, async (t) => {
  const detector = await createDetector({ cascade: 'frontalface_alt2' });
  t.after(() => detector.close());
  const options = {
    ...(await demo(1)),
    detector,
    name: 'door',
    version: '1',
    spool: { folder: freshFolder('start-capture-') },
    brokers: [{ link: { url: 'mqtt://127.0.0.1:1' } }],
  };
  const refused = (wrong: object) => startCapture({ ...options, ...wrong }, never);
  await assert.rejects(refused({ brokers: 'one' }), { code: 'FACEPIPE_E_ARGUMENT' });
  await assert.rejects(refused({ brokers: [] }), { code: 'FACEPIPE_E_ARGUMENT' });
  await assert.rejects(refused({ brokers: [{ link: { url: 'ftp://x' } }] }), {
    code: 'FACEPIPE_E_BROKER_URL',
  });
  // twice: the spool of the first attempt is closed
  for (const _ of [1, 2]) await assert.rejects(refused({ topic: 'a/#' }), { code: 'FACEPIPE_E_TOPIC' });
});
