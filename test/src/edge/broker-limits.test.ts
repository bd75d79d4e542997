import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect as dial, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect, defaultMaximumPacketSize, type Link, type LinkOptions } from '@facepipe/wire';
import { globSync } from 'tinyglobby';
import { type BrokerProcess, mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { certificates, opensslMissing } from '../support/certificates.js';
import { until } from '../support/until.js';

const root = new URL('../../../', import.meta.url).pathname;
const options = { skip: mosquittoMissing ?? opensslMissing, timeout: 300_000 };
const packet = defaultMaximumPacketSize;

/** Every configuration of a whole mosquitto that is shipped. */
const shipped = globSync(['deploy/**/mosquitto.conf', 'packages/*/mosquitto.conf'], { cwd: root }).sort();

interface Shipped {
  broker: BrokerProcess;
  login: LinkOptions;
  connections: number;
  /** Bytes. */
  queue: number;
}

/** Starts mosquitto with that file: only folders and ports are others, and of several listeners the last is kept. */
async function start(t: TestContext, file: string): Promise<Shipped> {
  const text = readFileSync(join(root, file), 'utf8');
  const tls = certificates(t);
  const secure = text.includes('certfile');
  const whole = (port: number, folder: string) => {
    const files = [
      ['ca.pem', 'ca.pem', 'ca.crt'],
      ['server.pem', 'server.pem', 'tls.crt'],
      ['server.key', 'server.key', 'tls.key'],
    ] as const;
    for (const [from, ...names] of files)
      for (const name of names) copyFileSync(tls.file(from), join(folder, name));
    writeFileSync(join(folder, 'passwords'), 'log:pw\n', { mode: 0o600 });
    execFileSync('mosquitto_passwd', ['-U', join(folder, 'passwords')], { stdio: 'pipe' });
    writeFileSync(join(folder, 'acl'), 'user log\ntopic readwrite #\n', { mode: 0o600 });
    const [before = '', ...listeners] = text.split(/^listener \d+$/m);
    const placed = `${before}listener ${port} 127.0.0.1${listeners.at(-1)}`;
    return placed.replaceAll('/run/broker/', `${folder}/`).replace('/mosquitto/data/', `${folder}/`);
  };
  const broker = await startMosquitto({ whole });
  t.after(() => broker.stop());
  const url = secure ? broker.url.replace('mqtt:', 'mqtts:') : broker.url;
  return {
    broker,
    login: { url, username: 'log', password: 'pw', ...(secure && { ca: tls.pem('ca.pem') }) },
    connections: Number(/^max_connections (\d+)$/m.exec(text)?.[1]),
    queue: Number(/^max_queued_bytes (\d+)$/m.exec(text)?.[1]),
  };
}

async function linked(t: TestContext, login: LinkOptions): Promise<Link> {
  const link = await connect(login);
  t.after(() => link.close({ timeout: 0 }));
  return link;
}

/**
 * Right after the start, as mosquitto 2.0.11 takes one more for every connection that was ever closed, such as those by
 * which the start was noticed.
 */
async function refusesMore(t: TestContext, { port }: BrokerProcess, connections: number): Promise<void> {
  assert.ok(connections >= 100, String(connections));
  const open = new Set<Socket>();
  const hangUp = () => {
    for (const socket of open) socket.destroy();
  };
  t.after(hangUp);
  let refused = 0;
  for (let n = 0; n < connections + 20; n++) {
    const socket = dial(port, '127.0.0.1').resume();
    open.add(socket);
    socket.on('error', () => {}).once('close', () => void refused++);
    // one after the other: what a broker has not accepted yet is dropped by the system, and tried again after seconds
    await once(socket, 'connect');
  }
  await until(
    () => `some are refused, not only ${refused}`,
    () => refused >= 10,
  );
  assert.ok(refused <= 20, `${refused} of ${connections + 20} were refused`);
  hangUp();
}

test('every mosquitto that is shipped is looked at', options, () => {
  assert.equal(shipped.length, 5, shipped.join());
});

for (const file of shipped) {
  test(`${file}: mosquitto starts with it, and its limits act`, options, async (t) => {
    const { broker, login, connections, queue } = await start(t, file);
    await refusesMore(t, broker, connections);
    await assert.rejects(connect({ ...login, password: 'no' }), { code: 'FACEPIPE_E_BROKER_CREDENTIALS' });

    // the largest packet is announced, and who sends a larger one all the same is cut off
    const unbounded = await linked(t, { ...login, maximumPacketSize: 2 * packet });
    assert.equal(unbounded.maximumPacketSize, packet);
    const topic = 'facepipe/door/faces';

    // what is queued for one client
    const session: LinkOptions = { ...login, clientId: 'queued', clean: false };
    const got: number[] = [];
    const consume = async () => {
      const link = await linked(t, session);
      await link.subscribe(topic, async ({ payload }) => void got.push(payload.length));
      return link;
    };
    await (await consume()).close();
    const size = 6_000_000;
    const fit = Math.floor(queue / size);
    for (let sent = 0; sent < fit + 4; sent++)
      await unbounded.publish({ topic, payload: Buffer.alloc(size) });
    await consume();
    await unbounded.publish({ topic, payload: Buffer.alloc(1) });
    await until('the last has come', () => got.at(-1) === 1);
    const kept = got.length - 1;
    assert.ok(kept >= fit - 1 && kept <= fit + 1, `${kept} of ${fit + 4} were kept`);
  });
}

test('who sends more than the broker takes is cut off', options, async (t) => {
  const { login, broker } = await start(t, 'deploy/edge/mosquitto.conf');
  const link = await linked(t, login);
  const socket = dial(broker.port, '127.0.0.1').on('error', () => {});
  let gone = false;
  socket.once('close', () => {
    gone = true;
  });
  const text = (value: string) => Buffer.from([0, value.length, ...Buffer.from(value)]);
  // CONNECT of MQTT 3.1.1 with user name and password, then the header of a PUBLISH of 16 MiB
  const body = Buffer.concat([
    text('MQTT'),
    Buffer.from([4, 0xc2, 0, 60]),
    text('raw'),
    text('log'),
    text('pw'),
  ]);
  socket.write(Buffer.concat([Buffer.from([0x10, body.length]), body]));
  socket.write(Buffer.concat([Buffer.from([0x30, 0xff, 0xff, 0xff, 0x07]), Buffer.alloc(1000)]));
  socket.resume();
  await until('it is cut off', () => gone);
  assert.ok(link.connected);
});
