import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { overlap } from '@facepipe/edge/visit';
import { connect, type Link } from '@facepipe/wire';
import { type Frame, openSource } from 'facepipe';
import { type Broker, brokers } from '../support/brokers.js';
import { type Cable, type Direction, startCable } from '../support/cable.js';
import { facepipe, type Program, start } from '../support/program.js';
import { type StoreFixture, stores } from '../support/stores.js';
import { until } from '../support/until.js';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const scene = { seed: 7, realtime: false };

/** An ordinary subscriber: how often each id came by, and the sha256 of what came. */
async function watch(
  url: string,
  filter: string,
): Promise<{ seen: Map<string, number>; digests: Map<string, string>; link: Link }> {
  const seen = new Map<string, number>();
  const digests = new Map<string, string>();
  const link = await connect({ url });
  await link.subscribe(filter, async ({ payload, userProperties }) => {
    // Aedes speaks MQTT 3.1.1, which has no properties: the bytes name the face there
    const id = userProperties.id ?? sha256(payload);
    seen.set(id, (seen.get(id) ?? 0) + 1);
    digests.set(id, sha256(payload));
  });
  return { seen, digests, link };
}

const repeats = (seen: Map<string, number>): number =>
  [...seen.values()].reduce((sum, count) => sum + count - 1, 0);

/** Lets what was sent vanish on its way until some of it has gone out, then cuts: the sender must send it again. */
async function forceRedelivery(cable: Cable, lose: Direction): Promise<void> {
  const sends: Direction = lose === 'toClient' ? 'toServer' : 'toClient';
  cable.withhold(lose);
  await until(
    'something was sent whose acknowledgement is lost',
    () => cable.arrived[sends] > 60_000 && cable.arrived[lose] > 0,
  );
  cable.cut();
}

interface Run {
  broker: Broker;
  store: StoreFixture;
  frames: number;
  redeliver: boolean;
}

async function pipeline(t: TestContext, { broker, store, frames, redeliver }: Run): Promise<void> {
  const ending: (() => Promise<unknown>)[] = [];
  t.after(async () => {
    for (const end of ending.reverse()) await end();
  });
  const edge = await broker.start();
  ending.push(() => edge.stop());
  const cloud = await broker.start();
  ending.push(() => cloud.stop());
  const bucket = await store.open();
  ending.push(() => bucket.close());
  const cables: Record<'capture' | 'take' | 'give' | 'sink', Cable> = {
    capture: await startCable(edge.port),
    take: await startCable(edge.port),
    give: await startCable(cloud.port),
    sink: await startCable(cloud.port),
  };
  for (const cable of Object.values(cables)) ending.push(() => cable.close());
  const through = (cable: Cable) => `mqtt://127.0.0.1:${cable.port}`;
  const run = (...args: string[]): Program => {
    const program = start([...args, '--json', '--quiet'], { env: bucket.env });
    ending.push(() => program.stop('SIGKILL'));
    return program;
  };

  const atEdge = await watch(edge.url, 'facepipe/+/faces');
  const atCloud = await watch(cloud.url, 'cloud/+/faces');
  const dead = await watch(cloud.url, 'facepipe/+/dead');
  const receipts = await watch(edge.url, 'facepipe/+/stored');
  for (const { link } of [atEdge, atCloud, dead, receipts]) ending.push(() => link.close());

  const sink = run(
    'sink',
    '--broker',
    through(cables.sink),
    '--topic',
    'cloud/+/faces',
    '--store',
    bucket.url,
    '--port',
    '0',
    ...bucket.flags,
  );
  await sink.line(/storing/);
  const forward = run(
    'forward',
    '--from',
    through(cables.take),
    '--to',
    through(cables.give),
    '--to-topic',
    'cloud/{device}/faces',
    '--log-level',
    'debug',
  );
  await forward.line(/carrying/);
  const capture = run(
    ...[
      'capture',
      '--source',
      'demo',
      '--no-realtime',
      '--send',
      'every',
      '--seed',
      String(scene.seed),
      '--frames',
      String(frames),
    ],
    ...['--name', 'ворота 🚪', '--broker', through(cables.capture), '--log-level', 'debug'],
  );
  if (redeliver) {
    const hops: [Cable, Direction, () => number, number][] = [
      [cables.capture, 'toClient', () => repeats(atEdge.seen), 40],
      [cables.take, 'toServer', () => repeats(atCloud.seen), 120],
      [cables.give, 'toClient', () => repeats(atCloud.seen), 200],
      [cables.sink, 'toServer', () => 0, 280],
    ];
    for (const [cable, lose, count, after] of hops) {
      await until(`${after} faces have passed`, () => atCloud.seen.size >= after);
      const before = count();
      await forceRedelivery(cable, lose);
      if (cable !== cables.sink) await until('the same face has come by twice', () => count() > before);
    }
  }
  const { code, stdout, stderr } = await capture.ended;
  assert.equal(code, 0, stderr);
  const totals = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  assert.equal(totals.frames, frames);
  assert.ok(totals.captured >= 0.8 * frames, `faces in most frames: ${totals.captured} in ${frames}`);
  assert.equal(totals.published, totals.captured);
  assert.equal(totals.lost, 0);

  let objects = await bucket.list();
  await until(
    () => {
      const passed = `${atEdge.seen.size} at the edge, ${atCloud.seen.size} at the cloud, ${objects.size} stored`;
      const said = [...forward.lines.slice(-5), ...sink.lines.slice(-5)].join('\n');
      return `the bucket holds every face: ${totals.captured} captured, ${passed}\n${said}`;
    },
    async () => {
      objects = await bucket.list();
      return objects.size >= totals.captured;
    },
  );
  await until('the edge has heard of every face', () => receipts.seen.size > 0);

  // the set of ids in the bucket is the set captured
  const captured = stderr
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ msg }) => msg === 'face')
    .map(({ id }) => id as string);
  assert.equal(captured.length, totals.captured);
  const stored = new Map(
    [...objects].map(([key, object]) => [/([^/]+)\.png$/.exec(key)?.[1] ?? key, { key, ...object }]),
  );
  assert.deepEqual([...stored.keys()].sort(), captured.sort());

  // bytes as they left the camera, and metadata that says where the face was
  const truth = new Map<number, NonNullable<Frame['truth']>>();
  const source = await openSource('demo', scene);
  for await (const frame of source.frames(AbortSignal.timeout(120_000))) {
    truth.set(frame.number, frame.truth ?? []);
    if (frame.number >= frames) break;
  }
  const published = new Set(atEdge.digests.values());
  let expected = 0;
  let clear = 0;
  const strange: string[] = [];
  const found = new Map<string, number>();
  for (const boxes of truth.values()) expected += boxes.filter(({ clear }) => clear).length;
  for (const [id, { key, body, contentType, metadata }] of stored) {
    assert.ok(published.has(sha256(body)), `${id} has the bytes that were published`);
    assert.match(key, new RegExp(`/\\d{4}/\\d\\d/\\d\\d/${id}\\.png$`));
    if (!store.metadata) continue;
    assert.equal(contentType, 'image/png');
    assert.equal(metadata.id, id);
    assert.equal(decodeURIComponent(metadata.device ?? ''), 'ворота 🚪');
    assert.equal(metadata.sha256, sha256(body));
    const [x = 0, y = 0, width = 0, height = 0] = decodeURIComponent(metadata.box ?? '')
      .split(',')
      .map(Number);
    const boxes = truth.get(Number(metadata.frame)) ?? [];
    const fits = boxes.map((box) => overlap(box, { x, y, width, height }));
    const hit = fits.findIndex((fit) => fit >= 0.3 && fit === Math.max(...fits));
    if (hit < 0) {
      strange.push(`frame ${metadata.frame} has no face at ${metadata.box}`);
      continue;
    }
    const place = `${metadata.frame}/${hit}`;
    found.set(place, (found.get(place) ?? 0) + 1);
    if (boxes[hit]?.clear) clear++;
  }
  if (store.metadata) {
    // of every face in every frame the network may be wrong once
    assert.ok(strange.length <= 0.01 * totals.captured, strange.join('\n'));
    assert.ok(
      [...found.values()].every((count) => count === 1),
      'each face of a frame was found once',
    );
    assert.ok(clear >= expected * 0.99, `${clear} of ${expected} clear faces found`);
  }
  assert.equal(dead.seen.size, 0, 'no dead letters');

  const sunk = await sink.stop();
  assert.equal(sunk.code, 143, sunk.stderr);
  const sinkTotals = JSON.parse(sunk.stdout.trim().split('\n').at(-1) ?? '');
  assert.equal(sinkTotals.stored, totals.captured);
  if (redeliver)
    assert.ok(
      sinkTotals.duplicates > repeats(atCloud.seen),
      'the sink was sent a face again, over and above the forwarder',
    );
  const forwarded = await forward.stop();
  assert.equal(forwarded.code, 143, forwarded.stderr);
  assert.ok(JSON.parse(forwarded.stdout.trim().split('\n').at(-1) ?? '').forwarded >= totals.captured);
}

for (const broker of brokers) {
  for (const store of stores) {
    const whole = broker.name === 'mosquitto' && store.name === 'S3';
    const run = whole ? { frames: 500, redeliver: true } : { frames: 60, redeliver: false };
    const name = `${run.frames} frames through ${broker.name}, forwarder, ${broker.name} and sink into ${store.name}`;
    test(
      whole ? `${name}, with a redelivery at each hop` : name,
      { skip: broker.missing ?? store.missing, timeout: 600_000 },
      (t) => pipeline(t, { broker, store, ...run }),
    );
  }
}

test('one capture to both brokers with a forwarder between them: each face once in the bucket', async (t) => {
  const [broker, store] = [
    brokers.find(({ name }) => name === 'mosquitto'),
    stores.find(({ name }) => name === 'S3'),
  ];
  assert.ok(broker && store);
  if (broker.missing ?? store.missing) return t.skip(broker.missing ?? store.missing);
  const edge = await broker.start();
  t.after(() => edge.stop());
  const cloud = await broker.start();
  t.after(() => cloud.stop());
  const bucket = await store.open();
  t.after(() => bucket.close());
  const sink = start(
    [
      'sink',
      '--broker',
      cloud.url,
      '--store',
      bucket.url,
      '--port',
      '0',
      '--json',
      '--quiet',
      ...bucket.flags,
    ],
    { env: bucket.env },
  );
  await sink.line(/storing/);
  const forward = start(['forward', '--from', edge.url, '--to', cloud.url, '--json', '--quiet']);
  await forward.line(/carrying/);
  const args = '--source demo --no-realtime --frames 40 --send every --name both --json --quiet'.split(' ');
  const { code, stdout, stderr } = await facepipe([
    'capture',
    ...args,
    '--broker',
    edge.url,
    '--broker',
    cloud.url,
  ]);
  assert.equal(code, 0, stderr);
  const { captured } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  assert.ok(captured >= 20, `faces in most of 40 frames: ${captured}`);
  await until('the bucket holds every face', async () => (await bucket.list()).size >= captured);
  const forwarded = await forward.stop();
  const sunk = await sink.stop();
  assert.equal(JSON.parse(forwarded.stdout).forwarded, captured);
  const totals = JSON.parse(sunk.stdout);
  assert.deepEqual([totals.stored, totals.duplicates], [captured, captured]);
  assert.equal((await bucket.list()).size, captured);
});
