import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { connect, decodeReceipt, type IncomingMessage, type Link } from '@facepipe/wire';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { noiseFace } from '../support/face.js';
import { type Program, start } from '../support/program.js';
import { putAndGet, type Statement, shareBucket } from '../support/shared-bucket.js';
import { s3Missing } from '../support/stores.js';
import { until } from '../support/until.js';

let seq = 0;

async function face(device: string) {
  seq += 1;
  const { facts, payload, message } = await noiseFace({ device, seq });
  return { id: facts.id, payload, message };
}

async function publish(link: Link, devices: string[]): Promise<Awaited<ReturnType<typeof face>>[]> {
  const faces = [];
  for (const device of devices) faces.push(await face(device));
  for (const { message } of faces) await link.publish(message);
  return faces;
}

/** What the sink says on the broker. */
async function listen(t: TestContext, url: string) {
  const link = await connect({ url });
  t.after(() => link.close());
  const stored = new Set<string>();
  const dead: string[] = [];
  const letters: { topic: string; reason: string; id: string; payload?: string }[] = [];
  const heard = async ({ topic, payload }: IncomingMessage) => {
    if (topic.endsWith('/dead')) letters.push({ ...JSON.parse(payload.toString()), topic });
    else {
      const receipt = decodeReceipt(payload);
      for (const id of receipt.ids) stored.add(id);
      dead.push(...receipt.dead.map(({ id }) => id));
    }
  };
  await link.subscribe('facepipe/+/stored', heard);
  await link.subscribe('facepipe/+/dead', heard);
  return { link, stored, dead, letters };
}

async function health(sink: Program) {
  const port = /port (\d+)/.exec(await sink.line(/health and metrics/))?.[1];
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  return { ready: () => get('/readyz'), metrics: async () => (await get('/metrics')).text };
}

test('a device whose objects the store refuses is set aside, loses nothing and comes back', {
  skip: mosquittoMissing ?? s3Missing,
  timeout: 300_000,
}, async (t) => {
  // with its window of 20 messages: the refused ones fill it
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const { bucket: Bucket, endpoint, owner, env, grant, revoke } = await shareBucket(t);
  const allow = putAndGet(Bucket);
  const deny: Statement = {
    Effect: 'Deny',
    Action: ['s3:PutObject'],
    Resource: [`arn:aws:s3:::${Bucket}/door/*`],
  };
  const count = async (Prefix: string) =>
    (await owner.send(new ListObjectsV2Command({ Bucket, Prefix }))).KeyCount ?? 0;
  await grant(allow, deny);
  const flags = ['--store', `s3://${Bucket}`, '--endpoint', endpoint, '--broker', broker.url, '--port', '0'];
  const sink = start(['sink', ...flags], { env });
  t.after(() => sink.stop());
  const { ready, metrics } = await health(sink);
  const said = await listen(t, broker.url);

  const sent = await publish(said.link, [...Array(25).fill('door'), ...Array(30).fill('window')]);
  await until('the window’s faces are stored', async () => (await count('window/')) === 30, 200);
  await until('the door’s are dead letters', () => said.letters.length >= 25);
  const refused = sent.slice(0, 25);
  assert.deepEqual(said.letters.map(({ id }) => id).sort(), refused.map(({ id }) => id).sort());
  for (const { topic, reason, id, payload } of said.letters) {
    assert.deepEqual([topic, reason], ['facepipe/door/dead', 'set-aside']);
    const bytes = refused.find((one) => one.id === id)?.payload;
    assert.ok(bytes?.equals(Buffer.from(payload ?? '', 'base64')), 'the letter has the face');
  }
  await until('it is ready', async () => (await ready()).status === 200);
  assert.match((await ready()).text, /^ready\nset aside: door \(The credentials given may not write to/);
  assert.match(await metrics(), /^facepipe_sink_set_aside_devices 1$/m);
  assert.match(await metrics(), /^facepipe_sink_dead_letters_total\{reason="set-aside"\} 25$/m);
  assert.deepEqual(said.dead, [], 'the device is not told that they are dead, so that it keeps them');

  // as a capture sends it again that waits for its receipt
  await grant(allow);
  for (const { message } of refused) await said.link.publish(message);
  await until('they are stored', async () => (await count('door/')) === 25);
  await until('they have receipts', () => refused.every(({ id }) => said.stored.has(id)));
  assert.equal((await ready()).text, 'ready\n');
  assert.equal(sink.lines.filter((line) => /ERROR.*set aside: door/.test(line)).length, 1);
  assert.equal(sink.lines.filter((line) => /let back in: door/.test(line)).length, 1);

  // and when all are refused nothing becomes a dead letter
  await revoke();
  const during = await publish(said.link, ['door', 'window']);
  await until('it is not ready', async () => (await ready()).status === 503);
  await grant(allow);
  await until('they are stored', () => during.every(({ id }) => said.stored.has(id)));
  assert.equal(said.letters.length, 25);
});

test('dead letters that the broker refuses hold up nothing: they are in the quarantine, or counted as lost', {
  skip: mosquittoMissing,
  timeout: 300_000,
}, async (t) => {
  const acl = [
    'topic readwrite facepipe/+/faces',
    'topic readwrite facepipe/+/stored',
    'topic read facepipe/+/dead',
  ];
  for (const quarantined of [false, true]) {
    const broker = await startMosquitto({ acl });
    t.after(() => broker.stop());
    const folder = await mkdtemp(join(tmpdir(), 'facepipe-aside-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const url = (path: string) => pathToFileURL(join(folder, path)).href;
    const flags = ['--store', url('store'), '--broker', broker.url, '--port', '0'];
    const sink = start(['sink', ...flags, ...(quarantined ? ['--quarantine', url('quarantine')] : [])]);
    t.after(() => sink.stop());
    const { metrics } = await health(sink);
    const said = await listen(t, broker.url);
    const good = await face('window');
    const bad = { ...good.message, topic: 'facepipe/door/faces' };
    await said.link.publish(bad);
    await said.link.publish({ topic: 'facepipe/door/faces', payload: Buffer.from('junk') });
    let sent = 0;
    // what passes shows that it is the letters' fault; where their window is full, the store is asked
    await until('the letters were given up', async () => {
      await publish(said.link, ['window']);
      sent += 1;
      const text = await metrics();
      const counts = quarantined
        ? [/{reason="device-mismatch"} 1\n/, /{reason="not-an-image"} 1\n/]
        : [/letters_lost_total 2\n/];
      return counts.every((count) => count.test(text));
    });
    await until('all others have receipts', () => said.stored.size === sent);
    const lost = sink.lines.filter((line) =>
      /ERROR.*did not go out: .*does not allow this client/.test(line),
    );
    assert.equal(lost.length, quarantined ? 0 : 2);
    const kept = quarantined ? await readdir(join(folder, 'quarantine'), { recursive: true }) : [];
    assert.equal(kept.filter((path) => /\/[0-9a-f]{64}$/.test(path)).length, quarantined ? 2 : 0);
    assert.deepEqual(said.letters, []);
    const { stdout } = await sink.stop();
    assert.match(stdout, new RegExp(`stored ${sent},`), 'all was acknowledged');
  }
});

test('one file that cannot be written holds up none of the others', {
  skip: mosquittoMissing,
  timeout: 300_000,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const folder = await mkdtemp(join(tmpdir(), 'facepipe-aside-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  // a file in place of the device's folder
  await writeFile(join(folder, 'door'), '');
  const sink = start(['sink', '--store', pathToFileURL(folder).href, '--broker', broker.url, '--port', '0']);
  t.after(() => sink.stop());
  const { ready } = await health(sink);
  const said = await listen(t, broker.url);
  await publish(said.link, [...Array(70).fill('door'), 'window']);
  await until('the window’s face is stored', () => said.stored.size === 1, 200);
  await until('it is ready', async () => (await ready()).status === 200);
  assert.match((await ready()).text, /set aside: door \(The store folder/);
});
