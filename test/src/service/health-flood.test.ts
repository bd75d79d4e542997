import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type HealthOptions, type Metrics, serveHealth } from '@facepipe/service/health';
import { freePort, mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { facepipe, freshFolder, start } from '../support/program.js';
import { until } from '../support/until.js';

const saying = (metrics: () => Promise<string>): Metrics => ({ metrics, contentType: 'text/plain' });

async function serve(t: TestContext, options: Partial<HealthOptions> = {}): Promise<number> {
  const health = await serveHealth({
    port: 0,
    ready: () => undefined,
    metrics: saying(async () => 'm 1\n'),
    ...options,
  });
  t.after(() => health.close());
  return health.port;
}

interface Caller {
  socket: Socket;
  said: () => string;
  gone: () => boolean;
}

async function call(t: TestContext, port: number, text = ''): Promise<Caller> {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  let said = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    said += chunk;
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  if (text !== '') socket.write(text);
  return { socket, said: () => said, gone: () => socket.closed };
}

const request = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;

test('by itself it listens on 127.0.0.1 only', async (t) => {
  const port = await serve(t);
  const other = connect(port, '127.0.0.2');
  const [error] = await once(other, 'error');
  assert.equal(error.code, 'ECONNREFUSED');
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
});

test('a thousand idle connections leave 64, and who asks is answered', async (t) => {
  const port = await serve(t);
  const callers: Caller[] = [];
  for (let n = 0; n < 1000; n++) {
    callers.push(await call(t, port));
    if (n % 100 === 99) assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200);
  }
  await until('most were closed', () => callers.filter(({ gone }) => gone()).length >= 936);
  await until('the silent ones are closed too', () => callers.every(({ gone }) => gone()));
});

test('who is answered is not closed for those who are silent', async (t) => {
  let finish = (_: string): void => {};
  const port = await serve(t, { metrics: saying(() => new Promise((resolve) => (finish = resolve))) });
  const asker = await call(t, port, request('/metrics', 'Connection: close\r\n'));
  for (let n = 0; n < 100; n++) await call(t, port);
  finish('m 2\n');
  await until('the answer has come', () => asker.gone());
  assert.match(asker.said(), /^HTTP\/1.1 200 [\s\S]*\r\n\r\nm 2\n$/);
});

test('headers may have 8 KiB, and 5 s', async (t) => {
  const port = await serve(t);
  const large = await call(t, port, request('/healthz', `X: ${'x'.repeat(9000)}\r\n`));
  await until('it was refused', () => large.gone());
  assert.match(large.said(), /^HTTP\/1.1 431 /);
  const slow = await call(t, port, 'GET /healthz HTTP/1.1\r\n');
  const drip = setInterval(() => slow.socket.write('X: y\r\n'), 200);
  t.after(() => clearInterval(drip));
  await until('the slow one was closed', () => slow.gone());
  assert.doesNotMatch(slow.said(), /^HTTP\/1.1 200/);
});

test('a body that never ends, and a reader who never reads, are cut off', async (t) => {
  const port = await serve(t, { metrics: saying(async () => 'x'.repeat(50_000_000)) });
  const body = await call(t, port, 'POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n');
  const deaf = await call(t, port);
  deaf.socket.pause();
  deaf.socket.write(request('/metrics'));
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  await until('the endless body was cut off', () => body.gone());
  // what the kernel took meanwhile is read, then comes the end
  await until('the deaf one was cut off', () => {
    deaf.socket.write('\r\n');
    return deaf.gone();
  });
  assert.ok(deaf.said().length < 50_000_000);
});

test('metrics are computed once for all who ask at a time', async (t) => {
  let [running, most, computed] = [0, 0, 0];
  const metrics = async () => {
    most = Math.max(most, ++running);
    computed++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    running--;
    return 'm 1\n';
  };
  const port = await serve(t, { metrics: saying(metrics) });
  const answers = await Promise.all(
    Array.from({ length: 40 }, async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
  );
  assert.ok(answers.every((text) => text === 'm 1\n'));
  assert.equal(most, 1);
  assert.ok(computed < 40, `${computed}`);
});

test('a connection has a hundred requests, also where they come all at once', async (t) => {
  const port = await serve(t);
  const count = (text: string) => text.split('HTTP/1.1 200').length - 1;
  const polite = await call(t, port, request('/metrics').repeat(100));
  await until('a hundred are answered', () => polite.gone());
  assert.equal(count(polite.said()), 100);
  const rude = await call(t, port, request('/metrics').repeat(20_000));
  await until('it was closed', () => rude.gone());
  assert.ok(count(rude.said()) <= 100, `${count(rude.said())}`);
  assert.equal((await fetch(`http://127.0.0.1:${port}/metrics`)).status, 200);
});

test('health asks where the program was told to listen', async (t) => {
  const port = String(await serve(t, { host: '127.0.0.3' }));
  const elsewhere = await facepipe(['health', '--port', port]);
  assert.match(elsewhere.stderr, /nothing listens there/);
  assert.equal((await facepipe(['health', '--port', port, '--host', '127.0.0.3'])).stdout, 'ready\n');
  const open = String(await serve(t, { host: '0.0.0.0' }));
  const env = { FACEPIPE_PORT: open, FACEPIPE_HOST: '0.0.0.0' };
  assert.equal((await facepipe(['health'], { env })).stdout, 'ready\n');
});

test('an address that is not this machine’s is said so', async () => {
  const port = await freePort();
  const options = { port, ready: () => undefined, metrics: saying(async () => '') };
  await assert.rejects(serveHealth({ ...options, host: '192.0.2.1' }), {
    code: 'FACEPIPE_E_HEALTH_PORT',
    message: /192\.0\.2\.1 \(the address is not one of this machine\)/,
  });
});

test('idle connections leave a sink its descriptors', { skip: mosquittoMissing }, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const store = `file://${freshFolder('facepipe-health-')}`;
  const sink = start(['sink', '--broker', broker.url, '--store', store, '--port', '0', '--quiet']);
  t.after(() => sink.stop());
  const port = Number(/on port (\d+)/.exec(await sink.line(/on port \d+/))?.[1]);
  const open = () => readdirSync(`/proc/${sink.child.pid}/fd`).length;
  await until('it has settled', async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200);
  const before = open();
  let most = 0;
  for (let n = 0; n < 600; n++) {
    await call(t, port);
    if (n % 20 === 0) most = Math.max(most, open());
  }
  assert.ok(most > before, 'they were connected');
  assert.ok(most <= before + 70, `${most} descriptors, ${before} before`);
});
