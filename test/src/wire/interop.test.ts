import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { newId } from '@facepipe/service';
import {
  type Arrival,
  connect,
  decodeFace,
  encodeFace,
  encodeImage,
  type OutgoingMessage,
} from '@facepipe/wire';
import { mosquittoClientsMissing, mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { faceFacts } from '../support/face.js';
import { until } from '../support/until.js';

const timeout = 300_000;
const topic = 'facepipe/door/faces';
const photo = fileURLToPath(new URL('../../../packages/edge/photos/camera.png', import.meta.url));
const script = fileURLToPath(new URL('../../interop.py', import.meta.url));
// The first python3 in PATH need not be the one the distribution's packages are for.
const python = '/usr/bin/python3';
const pahoMissing =
  spawnSync(python, ['-c', 'import paho.mqtt']).status === 0
    ? undefined
    : `${python} has no paho: apt-get install python3-paho-mqtt`;

const sha256 = (payload: Buffer) => createHash('sha256').update(payload).digest('hex');

const facts = faceFacts({
  device: 'ворота 🚪',
  captured: new Date('2026-11-21T12:34:56.789Z'),
  frameSize: { width: 64, height: 48 },
  box: { x: 8, y: 8, width: 32, height: 32 },
});

/** A broker, a folder with a face that carries its facts, and what our side receives. */
async function stage(t: TestContext) {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-interop-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const pixels = { data: new Uint8Array(32 * 32 * 3).fill(99), width: 32, height: 32, channels: 3 } as const;
  const file = join(folder, 'face.png');
  const image = await encodeImage(pixels, facts);
  writeFileSync(file, image);
  const link = await connect({ url: broker.url });
  t.after(() => link.close({ timeout: 0 }));
  const got: Arrival[] = [];
  await link.subscribe('facepipe/+/faces', async (message) => void got.push(await decodeFace(message)));
  const next = async () => {
    await until('a message came', () => got.length > 0);
    return got.shift();
  };
  const message = encodeFace(topic, { ...facts, id: newId() }, image, 'image/png');
  return { port: String(broker.port), folder, file, image, link, next, message };
}

/** Output of a program that is killed with the test. */
function follow(t: TestContext, child: ChildProcess) {
  t.after(() => child.kill('SIGKILL'));
  const output = { text: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output.text += chunk;
  });
  return output;
}

const pairs = ({ userProperties = {} }: OutgoingMessage) => Object.entries(userProperties);

test('mosquitto_pub -f face.png is a face', {
  skip: mosquittoMissing ?? mosquittoClientsMissing,
  timeout,
}, async (t) => {
  const { port, file, image, next, message } = await stage(t);
  const publish = (version: string, path: string, ...more: string[]) =>
    execFileSync('mosquitto_pub', ['-p', port, '-V', version, '-q', '1', '-t', topic, '-f', path, ...more]);

  const properties = pairs(message).flatMap(([name, value]) => [
    '-D',
    'PUBLISH',
    'user-property',
    name,
    value,
  ]);
  publish('mqttv5', file, ...properties, '-D', 'PUBLISH', 'content-type', 'image/png');
  const told = await next();
  assert.equal(told?.id, message.userProperties?.id, 'facts from the properties');
  assert.deepEqual(told?.facts, { ...facts, id: told?.id });

  for (const version of ['mqttv5', 'mqttv311']) {
    publish(version, file);
    const carried = await next();
    assert.deepEqual(
      [carried?.id, carried?.facts, carried?.sha256],
      [facts.id, facts, sha256(image)],
      version,
    );
    publish(version, photo);
    const foreign = await next();
    const bytes = readFileSync(photo);
    assert.deepEqual(
      [foreign?.id, foreign?.facts, foreign?.payload],
      [sha256(bytes), undefined, bytes],
      version,
    );
    assert.deepEqual(
      [foreign?.contentType, foreign?.extension, foreign?.width],
      ['image/png', 'png', 512],
      version,
    );
  }
});

test('mosquitto_sub gets the plain file, its content type and properties', {
  skip: mosquittoMissing ?? mosquittoClientsMissing,
  timeout,
}, async (t) => {
  const { port, image, link, message } = await stage(t);
  const start = (version: string, format: string) =>
    spawn(
      'mosquitto_sub',
      ['-p', port, '-V', version, '-q', '1', '-t', topic, '-C', '1', '-i', `sub-${version}`, '-F', format],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
  const five = start('mqttv5', '%t|%q|%l|%C|%x|%P');
  const old = start('mqttv311', '%t|%q|%l|%C|%x|%P');
  const [told, plain] = [follow(t, five), follow(t, old)];
  await until('both have subscribed and received', async () => {
    // Before that there is nobody to receive it; a second copy goes to nobody, since each ends with its first.
    await link.publish(message);
    return five.exitCode !== null && old.exitCode !== null;
  });
  const expected = [topic, '1', String(image.length), 'image/png', image.toString('hex')];
  const fields = told.text.trimEnd().split('|');
  assert.deepEqual(fields.slice(0, 5), expected);
  for (const [name, value] of pairs(message)) assert.ok(fields[5]?.includes(`${name}:${value}`), name);
  assert.deepEqual(plain.text.trimEnd().split('|').slice(0, 5), [...expected.slice(0, 3), '', expected[4]]);
});

test("Python's paho publishes and receives faces", {
  skip: mosquittoMissing ?? pahoMissing,
  timeout,
}, async (t) => {
  const { port, file, image, link, next, message } = await stage(t);
  const publish = (version: string, path: string, ...properties: string[]) =>
    execFileSync(python, [script, version, 'publish', port, topic, path, ...properties]);
  publish('5', file, ...pairs(message).map((pair) => pair.join('=')));
  assert.deepEqual((await next())?.facts, { ...facts, id: message.userProperties?.id });
  publish('4', file);
  assert.deepEqual((await next())?.facts, facts);
  publish('4', photo);
  assert.equal((await next())?.id, sha256(readFileSync(photo)));

  for (const version of ['5', '4']) {
    const child = spawn(python, [script, version, 'receive', port, topic], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const output = follow(t, child);
    await until('it has subscribed', () => output.text.startsWith('ready\n'));
    const closed = once(child, 'close');
    await link.publish(message);
    await closed;
    assert.deepEqual(JSON.parse(output.text.slice('ready\n'.length)), {
      topic,
      qos: 1,
      sha256: sha256(image),
      contentType: version === '5' ? 'image/png' : null,
      userProperties: version === '5' ? message.userProperties : {},
    });
  }
});
