import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { connect } from '@facepipe/wire';
import { generate, parser } from 'mqtt-packet';
import { mosquittoClientsMissing } from '../support/brokers.js';
import { smallDisk } from '../support/disk.js';
import { facepipe, start } from '../support/program.js';
import { until } from '../support/until.js';

const folder = mkdtempSync(join(tmpdir(), 'facepipe-broker-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function startBroker(...args: string[]) {
  const program = start(['broker', '--port', '0', ...args]);
  const url = /mqtt:\/\/[^ ,]+/.exec(await program.line(/broker listens/))?.[0] ?? '';
  return { program, url };
}

/** Every file and folder below this one. */
const below = (root: string): string[] =>
  readdirSync(root, { recursive: true }).map((path) => join(root, String(path)));

test('queues, sessions and retained messages outlive the broker', async () => {
  const data = ['--data', join(folder, 'kept')];
  const first = await startBroker(...data);
  const subscriber = { clientId: 'sink', clean: false };
  const before = await connect({ url: first.url, ...subscriber });
  await before.subscribe('facepipe/+/faces', async () => {});
  await before.close();
  const publisher = await connect({ url: first.url });
  for (const text of ['one', 'two'])
    await publisher.publish({ topic: 'facepipe/door/faces', payload: Buffer.from(text) });
  await publisher.publish({ topic: 'facepipe/door/status', payload: Buffer.from('{}'), retain: true });
  await publisher.close();
  assert.equal((await first.program.stop()).code, 143);

  const second = await startBroker(...data);
  const came: string[] = [];
  const link = await connect({ url: second.url, ...subscriber });
  const keep = async ({ topic, payload }: { topic: string; payload: Buffer }) => {
    came.push(`${topic} ${payload}`);
  };
  await link.subscribe('facepipe/+/faces', keep);
  await link.subscribe('facepipe/+/status', keep);
  await until('all has come', () => came.length >= 3);
  assert.deepEqual(came.sort(), [
    'facepipe/door/faces one',
    'facepipe/door/faces two',
    'facepipe/door/status {}',
  ]);
  await link.close();
  await second.program.stop('SIGINT');
});

test('a broker with a password lets nobody in without it', async () => {
  const password = join(folder, 'password');
  writeFileSync(password, 'right\n');
  const { program, url } = await startBroker(
    '--data',
    join(folder, 'guarded'),
    '--username',
    'door',
    '--password-file',
    password,
  );
  await assert.rejects(connect({ url }), { code: 'FACEPIPE_E_BROKER_CREDENTIALS' });
  await assert.rejects(connect({ url, username: 'door', password: 'wrong' }), {
    code: 'FACEPIPE_E_BROKER_CREDENTIALS',
  });
  const link = await connect({ url, username: 'door', password: 'right' });
  await link.close();
  await program.stop();
});

test('a port that is taken and a folder in use get one sentence each', async () => {
  const data = join(folder, 'shared');
  const { program, url } = await startBroker('--data', data);
  const port = new URL(url).port;
  const taken = await facepipe(['broker', '--port', port, '--data', join(folder, 'other')]);
  assert.equal(taken.code, 2);
  assert.match(taken.stderr, /cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\).*FACEPIPE_E_BROKER_PORT/);
  const locked = await facepipe(['broker', '--port', '0', '--data', data]);
  assert.equal(locked.code, 2);
  assert.match(locked.stderr, /another broker is using it.*FACEPIPE_E_BROKER_DATA/);
  await program.stop();
});

test('what is queued is nobody else’s to read, in a folder that was there before, too', async () => {
  for (const name of ['new', 'open']) {
    const data = join(folder, name);
    if (name === 'open') mkdirSync(data, { mode: 0o755 });
    const { program, url } = await startBroker('--data', data);
    const link = await connect({ url });
    await link.publish({ topic: 'facepipe/door/faces', payload: Buffer.from('face'), retain: true });
    await link.close();
    const files = below(data).filter((path) => statSync(path).isFile());
    assert.ok(files.length > 0);
    for (const path of below(data)) assert.equal(statSync(path).mode & 0o077, 0, path);
    await program.stop();
  }
});

test('what was acknowledged is there after kill -9', async (t) => {
  const data = join(folder, 'killed');
  for (const [round, size] of [100, 100, 20_000].entries()) {
    const { program, url } = await startBroker('--data', data);
    const sink = { clientId: 'sink', clean: false };
    const before = await connect({ url, ...sink });
    const topic = `facepipe/${round}/faces`;
    await before.subscribe(topic, async () => {});
    await before.close();
    // all at once: it is the messages that are read in one go of which Aedes by itself loses all
    const client = connectTcp(Number(new URL(url).port), '127.0.0.1');
    t.after(() => client.destroy());
    const hello = {
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId: 'p',
      clean: true,
    } as const;
    const faces = Array.from({ length: 100 }, (_, n) =>
      generate({
        cmd: 'publish',
        topic,
        payload: Buffer.concat([Buffer.from([n]), Buffer.alloc(size)]),
        qos: 1,
        messageId: n + 1,
        retain: false,
        dup: false,
      }),
    );
    const acknowledged = new Promise<void>((resolve) => {
      let count = 0;
      const reader = parser();
      reader.on('packet', ({ cmd }) => {
        if (cmd === 'connack') client.write(Buffer.concat(faces));
        count += cmd === 'puback' ? 1 : 0;
        if (count === faces.length) resolve();
      });
      client.on('data', (chunk) => reader.parse(chunk));
    });
    client.write(generate(hello));
    await acknowledged;
    await program.stop('SIGKILL');

    const after = await startBroker('--data', data);
    const came = new Set<number>();
    const link = await connect({ url: after.url, ...sink });
    await link.subscribe(topic, async ({ payload }) => {
      came.add(payload[0] ?? -1);
    });
    await until(
      () => `all have come, not ${came.size}`,
      () => came.size === faces.length,
    );
    await link.close();
    await after.program.stop();
  }
});

const photos = fileURLToPath(new URL('../../../packages/edge/photos/', import.meta.url));

test('a foreign face that is retained with QoS 2 stops no sink, log, forwarder or capture', {
  skip: mosquittoClientsMissing,
}, async () => {
  const [edge, cloud] = await Promise.all(
    ['edge', 'cloud'].map((name) => startBroker('--data', join(folder, name))),
  );
  assert.ok(edge && cloud);
  const publish = (device: string, ...args: string[]) =>
    promisify(execFile)('mosquitto_pub', [
      ...['-p', new URL(edge.url).port, '-V', 'mqttv311', '-t', `facepipe/${device}/faces`],
      ...['-f', join(photos, 'grace_hopper.jpg'), ...args],
    ]);
  for (const qos of ['0', '1', '2']) await publish(`retained${qos}`, '-r', '-q', qos);
  const bucket = join(folder, 'bucket');
  const sink = start(['sink', '--broker', cloud.url, '--store', pathToFileURL(bucket).href, '--port', '0']);
  // the cloud's broker discards what it has no subscriber for, and cannot say so on MQTT 3.1.1
  await sink.line(/storing/);
  const programs = [
    start(['log', '--broker', edge.url]),
    start(['log', '--broker', edge.url, '--client-id', 'log', '-q', '2']),
    start(['forward', '--from', edge.url, '--to', cloud.url]),
    sink,
  ];
  // what comes before they listen is not theirs
  for (const program of programs.slice(0, 2)) await program.line(/connected/);
  await programs[2]?.line(/carrying/);
  const capture = start([
    'capture',
    '--broker',
    edge.url,
    '--name',
    'demo',
    '--source',
    'demo',
    '--frames',
    '20',
    '--send',
    'every',
  ]);
  const devices = () =>
    readdirSync(bucket)
      .filter((name) => !name.startsWith('.'))
      .sort()
      .join();
  await until(
    () => `the retained faces are stored, not only ${devices()}`,
    () => existsSync(bucket) && ['0', '1', '2'].every((qos) => devices().includes(`retained${qos}`)),
  );
  for (const qos of ['0', '1', '2']) await publish(`live${qos}`, '-q', qos);
  await until(
    () => `faces of every quality of service and the capture’s are stored, not only ${devices()}`,
    () => devices() === 'demo,live0,live1,live2,retained0,retained1,retained2',
  );
  assert.equal((await capture.ended).code, 0);
  const [log, kept] = programs;
  await until('both logs have the last face', () =>
    [log, kept].every((one) => /live2/.test(one?.output() ?? '')),
  );
  const ends = await Promise.all(programs.map((program) => program.stop()));
  ends.push(...(await Promise.all([edge, cloud].map(({ program }) => program.stop()))));
  for (const { stderr } of [...ends, await capture.ended]) assert.doesNotMatch(stderr, /was lost|hung up/);
});

test('a full disk is no acknowledgement, and what was acknowledged stays', async (t) => {
  const disk = smallDisk(t);
  if (!disk) return;
  const { program, url } = await startBroker('--data', join(disk, 'broker'));
  t.after(() => program.stop());
  const sink = { clientId: 'sink', clean: false };
  const before = await connect({ url, ...sink });
  await before.subscribe('facepipe/+/faces', async () => {});
  await before.close();
  const link = await connect({ url });
  let taken = 0;
  const face = (n: number) => ({
    topic: 'facepipe/door/faces',
    payload: Buffer.concat([Buffer.from([n]), randomBytes(1e6)]),
  });
  await assert.rejects(async () => {
    for (; taken < 100; taken++) await link.publish(face(taken), { timeout: 3000 });
  });
  await link.close({ timeout: 0 });
  assert.ok(taken > 10, `${taken} were taken by a disk of 64 MB`);
  await program.line(/the queues cannot be written .*no space left on device/i);
  const came = new Set<number>();
  const reader = await connect({ url, ...sink });
  t.after(() => reader.close());
  await reader.subscribe('facepipe/+/faces', async ({ payload }) => {
    came.add(payload[0] ?? -1);
  });
  await until(
    () => `all ${taken} have come, not ${came.size}`,
    () => Array.from({ length: taken }, (_, n) => n).every((n) => came.has(n)),
  );
  // there is room again
  const again = await connect({ url });
  t.after(() => again.close());
  await until('a face is taken again', () =>
    again.publish(face(200), { timeout: 5000 }).then(
      () => true,
      () => false,
    ),
  );
  await until('it has come', () => came.has(200));
});
