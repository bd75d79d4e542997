import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { connect, decodeStatus, inspectImage, type Status } from '@facepipe/wire';
import { mosquittoMissing, startMosquitto } from './brokers.js';
import { startCable } from './cable.js';
import { facepipe, type Outcome, type Program, start } from './program.js';
import { until } from './until.js';

const skip = mosquittoMissing ?? false;
const timeout = 240_000;

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'facepipe-delivery-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A command that is killed with its test. */
function run(t: TestContext, ...args: string[]): Program {
  const program = start([...args, '--json', '--log-level', 'debug']);
  t.after(() => program.stop('SIGKILL'));
  return program;
}

const sink = (t: TestContext, url: string, bucket: string, ...more: string[]): Program =>
  run(t, 'sink', '--broker', url, '--store', pathToFileURL(bucket).href, '--port', '0', ...more);

const scene = ['capture', '--source', 'demo', '--name', 'door', '--width', '320', '--height', '240'];
const film = (frames: number, seed = 1) => [
  '--no-realtime',
  '--frames',
  String(frames),
  '--seed',
  String(seed),
];

const objectsIn = (bucket: string): string[] =>
  readdirSync(bucket, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.png'));

/** The seqs of the stored faces, by id. */
async function stored(bucket: string): Promise<Map<string, number>> {
  const faces = new Map<string, number>();
  for (const path of objectsIn(bucket)) {
    const { facts } = await inspectImage(readFileSync(join(bucket, path)));
    assert.ok(facts && path.endsWith(`${facts.id}.png`));
    faces.set(facts.id, facts.seq);
  }
  return faces;
}

/** The faces that a capture said it has: `face` is logged once it is in the spool. */
const accepted = (lines: readonly string[]): Map<string, number> =>
  new Map(
    lines
      .filter((line) => line.startsWith('{') && line.includes('"face"'))
      .map((line) => JSON.parse(line) as { id: string; seq: number })
      .map(({ id, seq }) => [id, seq]),
  );

const totalsOf = ({ stdout }: Pick<Outcome, 'stdout'>): Record<string, number> =>
  JSON.parse(stdout.trim().split('\n').at(-1) ?? '');

const count = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** What the program last said of its progress. */
const progress = ({ lines }: Program): string => lines.findLast((line) => line.startsWith('frames ')) ?? '';

const holdsAll = (bucket: string, faces: number) =>
  until(
    () => `the bucket holds ${faces} faces: ${objectsIn(bucket).length}`,
    () => objectsIn(bucket).length >= faces,
    90,
  );

/** What a subscriber hears of each face, in the order they come. */
interface Heard {
  seq: number;
  box: string | undefined;
  frameSize: string | undefined;
}

async function listen(t: TestContext, url: string): Promise<Heard[]> {
  const heard: Heard[] = [];
  const link = await connect({ url });
  t.after(() => link.close());
  await link.subscribe('facepipe/door/faces', async ({ userProperties }) => {
    const { seq, box, 'frame-size': frameSize } = userProperties;
    heard.push({ seq: Number(seq), box, frameSize });
  });
  return heard;
}

async function statuses(t: TestContext, url: string): Promise<Status[]> {
  const said: Status[] = [];
  const link = await connect({ url });
  t.after(() => link.close());
  await link.subscribe('facepipe/door/status', async ({ payload }) => {
    const status = decodeStatus(payload);
    if (status) said.push(status);
  });
  return said;
}

test('a capture begins without its broker, and what it saw is delivered by the next run, in the same stream', {
  skip,
  timeout,
}, async (t) => {
  const broker = await startMosquitto({ persistence: true });
  t.after(() => broker.stop());
  const [bucket, spool] = [folder(t), folder(t)];
  await broker.crash();
  const args = [...scene, '--broker', broker.url, '--spool', spool];
  const first = run(t, ...args, ...film(30));
  const outcome = await first.ended;
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.match(outcome.stderr, /cannot be reached/);
  const totals = totalsOf(outcome);
  assert.deepEqual([totals.frames, totals.published, totals.lost], [30, 0, 0]);
  assert.equal(totals.spooled, totals.captured);
  assert.match(outcome.stderr, new RegExp(`${totals.spooled} faces wait in ${spool} for the next run`));
  await broker.restart();
  await sink(t, broker.url, bucket).line(/storing/);
  const second = await run(t, ...args, ...film(30, 2)).ended;
  assert.equal(second.code, 0, second.stderr);
  const all = new Map([...accepted(first.lines), ...accepted(second.stderr.split('\n'))]);
  assert.equal(all.size, (totals.captured ?? 0) + (totalsOf(second).captured ?? 0));
  assert.equal(totalsOf(second).spooled, 0);
  await holdsAll(bucket, all.size);
  assert.deepEqual(await stored(bucket), all);
  assert.deepEqual([...all.values()], count(1, all.size));
});

test('until stored: what a broker took and lost with its disk arrives, once', {
  skip,
  timeout,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const bucket = folder(t);
  const store = sink(t, broker.url, bucket);
  await store.line(/storing/);
  const capture = run(
    t,
    ...[...scene, '--broker', broker.url, '--until', 'stored', '--receipt-timeout', '2s'],
  );
  await until('some are stored', () => objectsIn(bucket).length > 5);
  // from now on the broker queues for the sink, and then it loses that queue
  await store.stop('SIGKILL');
  const before = accepted(capture.lines).size;
  await until('more are captured', () => accepted(capture.lines).size > before + 20);
  assert.ok(objectsIn(bucket).length <= before + 1);
  await broker.crash();
  await broker.restart();
  await sink(t, broker.url, bucket).line(/storing/);
  await until('all before the crash are stored', () => objectsIn(bucket).length > before + 20, 60);
  await until('nothing waits', () => / in the spool 0$/.test(progress(capture)), 60);
  const outcome = await capture.stop();
  assert.equal(outcome.code, 143, outcome.stderr);
  const totals = totalsOf(outcome);
  assert.deepEqual([totals.stored, totals.dead, totals.spooled, totals.lost], [totals.captured, 0, 0, 0]);
  assert.deepEqual(await stored(bucket), accepted(capture.lines));
});

test('kill -9 at random moments: every face that was captured is in the bucket, once, and no seq is missing', {
  skip,
  timeout,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const [bucket, spool] = [folder(t), folder(t)];
  const store = sink(t, broker.url, bucket);
  await store.line(/storing/);
  const args = [
    ...scene,
    '--broker',
    broker.url,
    '--spool',
    spool,
    '--until',
    'stored',
    '--receipt-timeout',
    '2s',
  ];
  const all = new Map<string, number>();
  for (let seed = 1; seed <= 6; seed++) {
    const capture = run(t, ...args, ...film(100_000, seed));
    await until('faces are captured', () => accepted(capture.lines).size > 10);
    await sleep(Math.random() * 700);
    await capture.stop('SIGKILL');
    for (const [id, seq] of accepted(capture.lines)) all.set(id, seq);
  }
  const last = await run(t, ...args, ...film(20)).ended;
  assert.equal(last.code, 0, last.stderr);
  for (const [id, seq] of accepted(last.stderr.split('\n'))) all.set(id, seq);
  assert.equal(totalsOf(last).spooled, 0);
  const found = await stored(bucket);
  for (const [id, seq] of all) assert.equal(found.get(id), seq);
  // a face may have been stored just before the kill, and its line not written; never more than were under way
  assert.ok(found.size - all.size <= 6 * 16, `${found.size} stored, ${all.size} said`);
  assert.deepEqual(
    [...found.values()].sort((a, b) => a - b),
    count(1, found.size),
  );
});

test('faces that nobody subscribes to are kept, and delivered when a sink comes', {
  skip,
  timeout,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const bucket = folder(t);
  const capture = run(t, ...scene, '--broker', broker.url, '--port', '0');
  await capture.line(/nobody subscribes to facepipe\/door\/faces/);
  await capture.line(/faces [1-9]\d .* published 0 /);
  await sink(t, broker.url, bucket).line(/storing/);
  await capture.line(/somebody subscribes/);
  await capture.line(/published [1-9]\d+ {2}in the spool 0/);
  const metrics = /port (\d+)/.exec(await capture.line(/health and metrics/))?.[1];
  const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
  assert.match(text, /^facepipe_capture_unrouted_total\{broker="mqtt:\/\/127\.0\.0\.1:\d+"\} [1-9]/m);
  const outcome = await capture.stop();
  const { captured = 0, published, spooled, lost } = totalsOf(outcome);
  assert.deepEqual([published, spooled, lost], [captured, 0, 0]);
  await holdsAll(bucket, captured);
  assert.deepEqual(await stored(bucket), accepted(capture.lines));
});

test('of two brokers, the one that is away holds up nothing, and gets its copies when it comes', {
  skip,
  timeout,
}, async (t) => {
  const [here, away] = [await startMosquitto(), await startMosquitto()];
  t.after(() => Promise.all([here.stop(), away.stop()]));
  await away.crash();
  const heard = await listen(t, here.url);
  const capture = run(t, ...scene, '--broker', here.url, '--broker', away.url);
  await until('one has faces', () => heard.length > 20);
  assert.match(progress(capture), /published \d+ \+ 0 {2}in the spool [1-9]/);
  await away.restart();
  const late = await listen(t, away.url);
  await until(
    'the other has them too',
    () => late.length >= heard.length && / in the spool 0$/.test(progress(capture)),
    60,
  );
  const { captured, published, spooled, lost } = totalsOf(await capture.stop());
  assert.deepEqual([published, spooled, lost], [captured, 0, 0]);
  const seqs = (faces: Heard[]) => [...new Set(faces.map(({ seq }) => seq))].sort((a, b) => a - b);
  await until('both have all', () => heard.length >= (captured ?? 0) && late.length >= (captured ?? 0));
  assert.deepEqual([seqs(heard), seqs(late)], [count(1, captured ?? 0), count(1, captured ?? 0)]);
});

test('a broker that stays away longer than --spool-ttl loses its own copies, and is told which', {
  skip,
  timeout,
}, async (t) => {
  const [here, away] = [await startMosquitto(), await startMosquitto()];
  t.after(() => Promise.all([here.stop(), away.stop()]));
  await away.crash();
  const heard = await listen(t, here.url);
  const capture = run(t, ...scene, '--broker', here.url, '--broker', away.url, '--spool-ttl', '2s');
  await capture.line(/dropped faces? 1\b.*--spool-ttl/);
  await away.restart();
  const said = await statuses(t, away.url);
  await until('its status says what is gone', () => (said.at(-1)?.dropped?.[0]?.to ?? 0) > 1, 60);
  const [range] = said.at(-1)?.dropped ?? [];
  assert.deepEqual([range?.from, range?.reason], [1, 'expired']);
  const outcome = await capture.stop();
  const { captured = 0, lost = 0 } = totalsOf(outcome);
  assert.equal(outcome.code, 1);
  assert.match(outcome.stderr, /FACEPIPE_E_UNDELIVERED/);
  assert.ok(lost > 0 && lost <= captured);
  await until('the other has all', () => heard.length >= captured);
});

test('a full spool gives up the oldest, says which, and delivers the rest', { skip, timeout }, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  await broker.crash();
  const spool = folder(t);
  const args = [...scene, '--broker', broker.url, '--spool', spool, '--spool-max', '200kB'];
  const first = await run(t, ...args, ...film(60)).ended;
  assert.equal(first.code, 1, first.stderr);
  const { captured = 0, spooled = 0, lost = 0 } = totalsOf(first);
  assert.ok(lost > 0 && spooled > 0);
  assert.equal(spooled + lost, captured);
  assert.match(first.stderr, new RegExp(`dropped faces 1 to ${lost} of stream .*: the spool had no room`));
  await broker.restart();
  const [heard, said] = [await listen(t, broker.url), await statuses(t, broker.url)];
  const second = await run(t, ...args, ...film(1)).ended;
  assert.equal(second.code, 0, second.stderr);
  assert.deepEqual(
    said.at(-1)?.dropped?.map(({ from, to, reason }) => ({ from, to, reason })),
    [{ from: 1, to: lost, reason: 'full' }],
  );
  assert.deepEqual(
    heard.map(({ seq }) => seq).sort((a, b) => a - b),
    count(lost + 1, captured + (totalsOf(second).captured ?? 0)),
  );
});

test('with --spool-full stop a full spool takes no more, and nothing that was captured is dropped', {
  skip,
  timeout,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  await broker.crash();
  const capture = run(
    t,
    ...[...scene, '--broker', broker.url, '--spool-max', '200kB', '--spool-full', 'stop', ...film(60)],
  );
  let faces = -1;
  await until('it stands still', async () => {
    const now = accepted(capture.lines).size;
    const still = now > 0 && now === faces;
    faces = now;
    await sleep(1000);
    return still;
  });
  await broker.restart();
  const heard = await listen(t, broker.url);
  const outcome = await capture.ended;
  assert.equal(outcome.code, 0, outcome.stderr);
  const { frames, captured = 0, published, spooled, lost } = totalsOf(outcome);
  assert.deepEqual([frames, published, spooled, lost], [60, captured, 0, 0]);
  assert.ok(captured > faces);
  assert.deepEqual(
    heard.map(({ seq }) => seq).sort((a, b) => a - b),
    count(1, captured),
  );
});

test('a face too large for --max-message or its broker is made smaller before it has an id', {
  skip,
  timeout,
}, async (t) => {
  const limit = 4000;
  const limited = await startMosquitto({ config: [`max_packet_size ${limit}`] });
  const open = await startMosquitto();
  t.after(() => Promise.all([limited.stop(), open.stop()]));
  for (const [url, flags] of [
    [limited.url, []],
    [open.url, ['--max-message', String(limit)]],
  ] as const) {
    const heard = await listen(t, url);
    const outcome = await facepipe([...scene, ...film(20), '--broker', url, '--json', ...flags]);
    assert.equal(outcome.code, 0, outcome.stderr);
    const { captured, published, lost } = totalsOf(outcome);
    assert.deepEqual([published, lost], [captured, 0]);
    await until('all have come', () => heard.length === captured);
    assert.ok(
      heard.every(({ box, frameSize }) => /^\d+,\d+,\d\d+,\d\d+$/.test(box ?? '') && frameSize === '320x240'),
    );
  }
  const none = await facepipe([
    ...scene,
    ...film(10),
    '--broker',
    open.url,
    '--json',
    '--max-message',
    '300',
  ]);
  assert.equal(none.code, 1, none.stderr);
  assert.match(none.stderr, /a face was not kept: A face of \d+ bytes/);
  const { captured, lost = 0 } = totalsOf(none);
  assert.equal(captured, 0);
  assert.ok(lost > 0);
});

test('a spooled face that a broker no longer takes is dropped for it, and said', {
  skip,
  timeout,
}, async (t) => {
  const broker = await startMosquitto({ config: ['max_packet_size 4000'] });
  t.after(() => broker.stop());
  await broker.crash();
  const args = [...scene, '--broker', broker.url, '--spool', folder(t)];
  const first = await run(t, ...args, ...film(10)).ended;
  const { captured = 0 } = totalsOf(first);
  await broker.restart();
  await listen(t, broker.url);
  const said = await statuses(t, broker.url);
  const second = await run(t, ...args, ...film(10)).ended;
  assert.equal(second.code, 1, second.stderr);
  assert.match(second.stderr, /it takes only smaller messages/);
  const { spooled, lost = 0, published } = totalsOf(second);
  assert.ok(lost > 0 && lost <= captured);
  assert.equal(spooled, 0);
  assert.equal(published, captured - lost + (totalsOf(second).captured ?? 0));
  assert.equal(said.at(-1)?.dropped?.[0]?.reason, 'too-large');
});

test('until stored: a dead letter frees its face, and is counted', { skip, timeout }, async (t) => {
  const [edge, cloud] = [await startMosquitto(), await startMosquitto({ config: ['max_packet_size 4000'] })];
  t.after(() => Promise.all([edge.stop(), cloud.stop()]));
  const bucket = folder(t);
  await sink(t, cloud.url, bucket).line(/storing/);
  await run(t, 'forward', '--from', edge.url, '--to', cloud.url).line(/carrying/);
  const outcome = await run(t, ...scene, ...film(20), '--broker', edge.url, '--until', 'stored').ended;
  assert.equal(outcome.code, 0, outcome.stderr);
  const { captured = 0, stored: kept = 0, dead = 0, spooled, lost } = totalsOf(outcome);
  assert.ok(dead > 0, outcome.stderr);
  assert.deepEqual([kept + dead, spooled, lost], [captured, 0, 0]);
  assert.match(outcome.stderr, /"reason":"too-large","msg":"a face is a dead letter"/);
});

test('a backlog goes oldest first over a slow line, and does not hold up the camera', {
  skip,
  timeout,
}, async (t) => {
  const broker = await startMosquitto();
  const cable = await startCable(broker.port);
  t.after(async () => {
    await cable.close();
    await broker.stop();
  });
  cable.unplug();
  const url = `mqtt://127.0.0.1:${cable.port}`;
  const args = [...scene, '--broker', url, '--spool', folder(t), '--backlog-share', '0.25'];
  const backlog = totalsOf(await run(t, ...args, ...film(500)).ended).captured ?? 0;
  cable.cut();
  cable.slow({ rate: 400_000 });
  const heard = await listen(t, broker.url);
  const capture = run(t, ...args);
  const [old, live] = [
    () => heard.filter(({ seq }) => seq <= backlog),
    () => heard.filter(({ seq }) => seq > backlog),
  ];
  await until('live faces have come', () => live().length >= 5, 60);
  assert.ok(old().length < backlog / 2, `after ${old().length} of ${backlog} old ones`);
  cable.slow({});
  await until('all have come', () => old().length === backlog, 60);
  const outcome = await capture.stop();
  assert.equal(outcome.code, 143, outcome.stderr);
  assert.deepEqual(
    old().map(({ seq }) => seq),
    count(1, backlog),
  );
});

test('with QoS 0 a face is freed once it is written', { skip, timeout }, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const heard = await listen(t, broker.url);
  const outcome = await facepipe([...scene, ...film(20), '--broker', broker.url, '--qos', '0', '--json']);
  const { captured, published, spooled, lost } = totalsOf(outcome);
  assert.deepEqual([outcome.code, published, spooled, lost], [0, captured, 0, 0]);
  await until('all have come', () => heard.length === captured);
});
