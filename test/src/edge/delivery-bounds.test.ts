import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import {
  accepted,
  count,
  film,
  folder,
  listen,
  run,
  scene,
  sink,
  statuses,
  totalsOf,
} from '../support/delivery.js';
import { smallDisk } from '../support/disk.js';
import { facepipe } from '../support/program.js';
import { until } from '../support/until.js';

const skip = mosquittoMissing ?? false;
const timeout = 300_000;

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
  await until('its status says what is gone', () => (said.at(-1)?.dropped?.[0]?.to ?? 0) > 1);
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
  const spool = folder();
  const args = [
    ...scene,
    '--broker',
    broker.url,
    '--spool',
    spool,
    '--spool-max',
    '200kB',
    '--spool-full',
    'drop-oldest',
  ];
  const first = await run(t, ...args, ...film(60)).ended;
  assert.equal(first.code, 1, first.stderr);
  const { captured = 0, spooled = 0, lost = 0 } = totalsOf(first);
  assert.ok(lost > 0 && spooled > 0);
  assert.equal(spooled + lost, captured);
  // on a slow machine they are told in parts, each from where the last one ended
  const parts = [
    ...first.stderr.matchAll(/dropped faces? (\d+)(?: to (\d+))? of stream .*: the spool had no room/g),
  ];
  const told = parts.map(([, from, to = from]) => [Number(from), Number(to)] as const);
  assert.deepEqual([told[0]?.[0], told.at(-1)?.[1]], [1, lost], first.stderr);
  for (const [n, [from]] of told.entries()) assert.equal(from, (told[n - 1]?.[1] ?? 0) + 1);
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

test('a full spool lets a file wait, and nothing that was captured is dropped', {
  skip,
  timeout,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  await broker.crash();
  const capture = run(t, ...[...scene, '--broker', broker.url, '--spool-max', '200kB', ...film(60)]);
  await capture.line(/is full: faces wait for room/);
  const faces = accepted(capture.lines).size;
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
  const args = [...scene, '--broker', broker.url, '--spool', folder()];
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
  const bucket = folder();
  await sink(t, cloud.url, bucket).line(/storing/);
  await run(t, 'forward', '--from', edge.url, '--to', cloud.url).line(/carrying/);
  const outcome = await run(t, ...scene, ...film(20), '--broker', edge.url, '--until', 'stored').ended;
  assert.equal(outcome.code, 0, outcome.stderr);
  const { captured = 0, stored: kept = 0, dead = 0, spooled, lost } = totalsOf(outcome);
  assert.ok(dead > 0, outcome.stderr);
  assert.deepEqual([kept + dead, spooled, lost], [captured, 0, 0]);
  assert.match(outcome.stderr, /"reason":"too-large","msg":"a face is a dead letter"/);
});

test('on a full disk a capture refuses faces, is not ready, and goes on when there is room', {
  skip,
  timeout,
}, async (t) => {
  const disk = smallDisk(t);
  if (disk === undefined) return;
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const heard = await listen(t, broker.url);
  const capture = run(
    t,
    ...[
      ...scene,
      '--broker',
      broker.url,
      '--spool',
      join(disk, 'spool'),
      '--spool-full',
      'stop',
      '--port',
      '0',
    ],
  );
  const port = /port (\d+)/.exec(await capture.line(/health and metrics/))?.[1];
  const ready = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status;
  await until('it is ready', async () => (await ready()) === 200);
  const filler = join(disk, 'filler');
  assert.throws(() => writeFileSync(filler, Buffer.alloc(64 * 2 ** 20)), { code: 'ENOSPC' });
  await capture.line(/a face was not kept: The disk of the spool .* is full/);
  await until('it is not ready', async () => (await ready()) === 503);
  assert.equal(capture.child.exitCode, null);
  const before = heard.length;
  rmSync(filler);
  await until('it goes on', () => heard.length > before + 5);
  await until('it is ready again', async () => (await ready()) === 200);
  const outcome = await capture.stop();
  assert.equal(outcome.code, 1, outcome.stderr);
  const { captured = 0, lost = 0 } = totalsOf(outcome);
  assert.ok(lost > 0);
  await until('all that was kept has come', () => heard.length === captured);
  assert.deepEqual(
    heard.map(({ seq }) => seq),
    count(1, captured),
    'what was refused has no seq',
  );
});
