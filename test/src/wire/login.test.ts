import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, connect as netConnect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { FacepipeError } from '@facepipe/service';
import { connect, type Link, type LinkOptions } from '@facepipe/wire';
import { createWebSocketStream, WebSocketServer } from 'ws';
import {
  type AedesOptions,
  freePort,
  type MosquittoOptions,
  mosquittoMissing,
  startAedes,
  startMosquitto,
} from '../support/brokers.js';
import { certificates, opensslMissing } from '../support/certificates.js';
import type { RunningBroker } from '../support/running-broker.js';
import { until } from '../support/until.js';

const timeout = 300_000;
const mosquitto = { skip: mosquittoMissing ?? false, timeout };
const user = 'capture:1';
const password = 'p@ss/w#rd?%';
const passwords = { capture: password };

async function join(t: TestContext, options: LinkOptions): Promise<Link> {
  const link = await connect(options);
  t.after(() => link.close({ timeout: 0 }));
  return link;
}

async function run(t: TestContext, starting: Promise<RunningBroker>): Promise<RunningBroker> {
  const broker = await starting;
  t.after(() => broker.stop());
  return broker;
}

/** The coded error a connection attempt ends with, which must not contain the password. */
async function refused(options: LinkOptions): Promise<FacepipeError> {
  try {
    await connect(options);
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error && 'exit' in error, `coded: ${String(error)}`);
    const everything = `${error.stack} ${String(error.cause)} ${JSON.stringify(error)}`;
    for (const secret of [password, encodeURIComponent(password)]) assert.ok(!everything.includes(secret));
    return error as FacepipeError;
  }
  throw new assert.AssertionError({ message: 'the connection was not refused' });
}

/** A TCP server that treats every connection with `serve`. */
async function serve(t: TestContext, each: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    each(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const protectedBrokers = [
  { name: 'mosquitto', skip: mosquittoMissing ?? false, start: () => startMosquitto({ passwords }) },
  { name: 'Aedes', skip: false, start: () => startAedes({ passwords }) },
];

for (const { name, skip, start } of protectedBrokers) {
  test(`user and password log in, as options or percent-encoded in the URL, at ${name}`, {
    skip,
    timeout,
  }, async (t) => {
    const { url, port } = await run(t, start());
    await join(t, { url, username: 'capture', password });
    const link = await join(t, { url: `mqtt://capture:${encodeURIComponent(password)}@127.0.0.1:${port}` });
    assert.equal(link.url, url);
    const wrong = { url: `mqtt://capture:${encodeURIComponent(`${password}x`)}@127.0.0.1:${port}` };
    for (const options of [{ url }, wrong, { url, username: 'capture', password: `${password}x` }]) {
      const { code, exit, message } = await refused(options);
      assert.deepEqual([code, exit], ['FACEPIPE_E_BROKER_CREDENTIALS', 4]);
      assert.match(
        message,
        new RegExp(`^The broker 127.0.0.1:${port} refused the login: .+\\. Check user name`),
      );
    }
  });
}

test('a password changed at the broker is reported and tried again, not the end', { timeout }, async (t) => {
  // Aedes' table is read at every login, so a rotation is an assignment.
  const table: Record<string, string> = { capture: 'old' };
  const broker = await run(t, startAedes({ passwords: table }));
  const reasons: string[] = [];
  const link = await join(t, {
    url: broker.url,
    username: 'capture',
    password: 'old',
    onDisconnect: ({ code }) => void reasons.push(code),
  });
  table.capture = 'new';
  await broker.restart();
  await until('the refusal is reported', () => reasons.includes('FACEPIPE_E_BROKER_CREDENTIALS'));
  table.capture = 'old';
  await until('it is back', () => link.connected);
  assert.deepEqual(reasons, ['FACEPIPE_E_BROKER_LOST', 'FACEPIPE_E_BROKER_CREDENTIALS']);
});

test('a broker that is not there is named with host and port', { timeout }, async (t) => {
  const port = await freePort();
  const closed = await refused({ url: `mqtt://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}` });
  assert.deepEqual([closed.code, closed.exit], ['FACEPIPE_E_BROKER_UNREACHABLE', 4]);
  assert.match(
    closed.message,
    new RegExp(`127.0.0.1:${port} cannot be reached: nothing listens on that port`),
  );

  const unknown = await refused({ url: 'mqtt://broker.invalid' });
  assert.match(unknown.message, /broker\.invalid:1883 cannot be reached: the host name/);

  const mute = await serve(t, () => {});
  const silent = await refused({ url: mute, connectTimeout: 100 });
  assert.match(silent.message, /cannot be reached: it does not answer/);

  const rude = await serve(t, (socket) => socket.end());
  assert.match((await refused({ url: rude })).message, /it closed the connection without an answer/);

  for (const scheme of ['mqtts', 'ws', 'wss']) {
    const other = await refused({ url: `${scheme}://127.0.0.1:${port}` });
    assert.equal(other.code, 'FACEPIPE_E_BROKER_UNREACHABLE', scheme);
  }
});

test('URLs that cannot be meant are refused before anything is sent', { timeout }, async () => {
  const secret = encodeURIComponent(password);
  const urls = [
    `mqtt://user:${password}@host`,
    `mqtt://user:12#${secret}@host`,
    `mqtt://user:12/${secret}@host`,
    `mqtt://user:${secret}%@host`,
    `http://user:${secret}@host`,
    `user:${secret}@host`,
    'host:1883',
    'mqtt://',
    'mqtt://host:99999',
    'mqtt://host/topic',
    '',
  ];
  for (const url of urls) {
    const { code, exit } = await refused({ url });
    assert.deepEqual([code, exit], ['FACEPIPE_E_BROKER_URL', 2], url);
  }
  const nameless = await refused({ url: 'mqtt://host', clean: false });
  assert.deepEqual([nameless.code, nameless.exit], ['FACEPIPE_E_CLIENT_ID', 2]);
});

test('an attempt can be aborted', { timeout }, async (t) => {
  const asked = new AbortController();
  const url = await serve(t, () => asked.abort(new Error('enough')));
  await assert.rejects(connect({ url }, asked.signal), { message: 'enough' });
  await assert.rejects(connect({ url }, asked.signal), { message: 'enough' });
});

/** Answers MQTT 5 with `refusal` and hands 3.1.1 on to a real broker. */
function old(t: TestContext, port: number, refusal: Buffer): Promise<string> {
  return serve(t, (socket) => {
    socket.once('data', (connectPacket) => {
      // Protocol level: behind the length (one or more bytes) and the name "MQTT" (MQTT 5, 3.1.2).
      const level = connectPacket[connectPacket.indexOf('MQTT') + 4];
      if (level === 5) return socket.end(refusal);
      const broker = netConnect(port, '127.0.0.1');
      broker.write(connectPacket);
      socket.pipe(broker).pipe(socket);
      return undefined;
    });
  });
}

test('MQTT 3.1.1 is spoken where MQTT 5 is refused, with a reason or without', { timeout }, async (t) => {
  const broker = await run(t, startAedes());
  const refusals = {
    'return code 1 of MQTT 3.1.1': Buffer.from([0x20, 2, 0, 1]),
    'reason 132 of MQTT 5': Buffer.from([0x20, 3, 0, 0x84, 0]),
    'hanging up': Buffer.alloc(0),
  };
  for (const [name, refusal] of Object.entries(refusals)) {
    const link = await join(t, { url: await old(t, broker.port, refusal) });
    assert.equal(link.protocolVersion, 4, name);
    await link.publish({ topic: 'test', payload: Buffer.from(name) });
  }
});

test('a shared subscription on MQTT 3.1.1 is refused in one sentence', { timeout }, async (t) => {
  const { url } = await run(t, startAedes());
  const link = await join(t, { url });
  await assert.rejects(
    link.subscribe('$share/sinks/facepipe/+/faces', async () => {}),
    { code: 'FACEPIPE_E_SHARED_UNSUPPORTED', exit: 2, message: /it speaks only MQTT 3\.1\.1/ },
  );
});

/** Aedes behind WebSockets; mosquitto's are not in every build of it. */
function webSockets(http: HttpServer): AedesOptions {
  const server: AedesOptions['server'] = (handle) => {
    new WebSocketServer({ server: http }).on('connection', (socket) => handle(createWebSocketStream(socket)));
    return http;
  };
  return { server };
}

test('WebSockets carry the same', { timeout }, async (t) => {
  const { port } = await run(t, startAedes(webSockets(createHttpServer())));
  const link = await join(t, { url: `ws://127.0.0.1:${port}/mqtt` });
  const got: Buffer[] = [];
  await link.subscribe('test', async ({ payload }) => void got.push(payload));
  await link.publish({ topic: 'test', payload: Buffer.alloc(200_000, 7) });
  await until('it came', () => got.length === 1);
  assert.deepEqual(got[0], Buffer.alloc(200_000, 7));
});

test('what is no WebSocket is not taken for a broker', { timeout }, async (t) => {
  const http = createHttpServer((_request, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
  await once(http, 'listening');
  t.after(() => http.close());
  const { code, message } = await refused({
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/mqtt`,
  });
  assert.equal(code, 'FACEPIPE_E_BROKER_UNREACHABLE');
  assert.match(message, /404/);
});

test('TLS is trusted by authority and name, and says what is wrong otherwise', {
  skip: mosquitto.skip || opensslMissing,
  timeout,
}, async (t) => {
  const { file, pem } = certificates(t);
  const tls = (name: string, clients = false): MosquittoOptions => ({
    tls: { ca: file('ca.pem'), cert: file(`${name}.pem`), key: file(`${name}.key`), clients },
  });
  const secure = ({ url }: RunningBroker) => url.replace('mqtt:', 'mqtts:');
  const good = await run(t, startMosquitto(tls('server')));
  const ca = pem('ca.pem');
  const link = await join(t, { url: secure(good), ca });
  await link.publish({ topic: 'test', payload: Buffer.from('x') });

  const closed = await run(t, startMosquitto(tls('server', true)));
  const client = { cert: pem('client.pem'), key: pem('client.key') };
  await join(t, { url: secure(closed), ca, ...client });

  const elsewhere = await run(t, startMosquitto(tls('elsewhere')));
  const plain = await run(t, startMosquitto());
  const wrong: Record<string, LinkOptions> = {
    'unknown authority': { url: secure(good) },
    'another authority': { url: secure(good), ca: pem('stranger.pem') },
    'another name': { url: secure(elsewhere), ca },
    'no certificate of the client': { url: secure(closed), ca },
    'a broken certificate': { url: secure(good), ca, cert: Buffer.from('nonsense'), key: client.key },
  };
  for (const [name, options] of Object.entries(wrong)) {
    const { code, exit, message } = await refused(options);
    assert.deepEqual([code, exit], ['FACEPIPE_E_BROKER_TLS', 4], `${name}: ${message}`);
  }
  const mixed = [
    { url: good.url, expected: 'FACEPIPE_E_BROKER_UNREACHABLE' },
    { url: secure(plain), expected: 'FACEPIPE_E_BROKER_' },
  ];
  for (const { url, expected } of mixed)
    assert.ok((await refused({ url, ca })).code.startsWith(expected), url);
  // Certificates meant for another broker of the same program do not turn a plain URL into TLS.
  await join(t, { url: plain.url, ca, ...client });
});

test('wss trusts the same way', { skip: opensslMissing, timeout }, async (t) => {
  const { pem } = certificates(t);
  const https = createHttpsServer({ cert: pem('server.pem'), key: pem('server.key') });
  const { port } = await run(t, startAedes(webSockets(https)));
  const url = `wss://127.0.0.1:${port}`;
  await join(t, { url, ca: pem('ca.pem') });
  assert.equal((await refused({ url, ca: pem('stranger.pem') })).code, 'FACEPIPE_E_BROKER_TLS');
});
