import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { connect } from '@facepipe/wire';
import { freePort, mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { certificates, opensslMissing } from '../support/certificates.js';
import { facepipe, freshFolder, type Program, start } from '../support/program.js';
import { until } from '../support/until.js';

const timeout = 300_000;
const photo = fileURLToPath(new URL('../../../packages/edge/photos/astronaut.png', import.meta.url));

type Waiter = (url: string) => string[];
const sink: Waiter = (url) => ['sink', '--broker', url, '--store', pathToFileURL(freshFolder('away-')).href];
const forward: Waiter = (url) => [
  'forward',
  '--from',
  url,
  '--to',
  url,
  '--to-topic',
  'cloud/{device}/faces',
];

function run(t: TestContext, args: string[]): Program {
  const program = start([...args, '--port', '0']);
  t.after(() => program.stop());
  return program;
}

async function readiness(program: Program): Promise<[number, string]> {
  const said = await program.line(/health and metrics on port \d+/);
  const port = /on port (\d+)/.exec(said)?.[1] ?? assert.fail(said);
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
  return [answer.status, await answer.text()];
}

test('sink and forward wait for a broker that is away, say so once, and work when it comes', {
  skip: mosquittoMissing,
  timeout,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  await broker.crash();
  const [bucket, other] = [freshFolder('away-'), await freePort()];
  const programs = [
    ['sink', '--broker', broker.url, '--topic', 'cloud/+/faces', '--store', pathToFileURL(bucket).href],
    ['forward', '--from', broker.url, '--to', broker.url, '--to-topic', 'cloud/{device}/faces'],
  ].map((args) => run(t, args));
  const elsewhere = run(t, ['forward', '--from', broker.url, '--to', `mqtt://127.0.0.1:${other}`]);
  for (const program of [...programs, elsewhere]) {
    assert.match(await program.line(/cannot be reached/), /It is tried again until it works\./);
    const [status, reason] = await readiness(program);
    assert.equal(status, 503);
    assert.match(reason, /127\.0\.0\.1:\d+ cannot be reached: nothing listens on that port/);
  }
  await broker.restart();
  for (const program of programs)
    await until('it is ready', async () => (await readiness(program))[0] === 200);
  await until('only the other broker is away', async () => {
    const [status, reason] = await readiness(elsewhere);
    assert.equal(status, 503);
    return reason.includes(`:${other}`);
  });
  for (const program of programs) {
    const told = program.lines.filter((line) => line.includes('cannot be reached'));
    assert.equal(new Set(told).size, told.length, told.join('\n'));
  }
  const link = await connect({ url: broker.url });
  t.after(() => link.close());
  const receipts: string[] = [];
  await link.subscribe('facepipe/+/stored', async ({ topic }) => void receipts.push(topic));
  await link.publish({ topic: 'facepipe/door/faces', payload: await readFile(photo) });
  await until('its receipt is back', () => receipts.includes('facepipe/door/stored'));
  for (const program of programs) assert.equal((await program.stop('SIGINT')).code, 130);
});

test('a signal while they wait ends them at once, without a stack', { timeout }, async (t) => {
  const sockets = new Set<Socket>();
  // takes connections and never says a word
  const silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  await until('it listens', () => silent.listening);
  const address = silent.address();
  const port = typeof address === 'object' && address ? address.port : assert.fail();
  const closed = `mqtt://127.0.0.1:${await freePort()}`;
  for (const [args, says, signal, exit] of [
    [sink(`mqtt://127.0.0.1:${port}`), undefined, 'SIGINT', 130],
    [forward(`mqtt://127.0.0.1:${port}`), undefined, 'SIGTERM', 143],
    [sink(closed), /cannot be reached/, 'SIGTERM', 143],
    [forward(closed), /cannot be reached/, 'SIGINT', 130],
  ] as const) {
    const program = run(t, args);
    await (says ? program.line(says) : until('it knocks', () => sockets.size > 0));
    const began = Date.now();
    const { code, stderr } = await program.stop(signal);
    assert.equal(code, exit, stderr);
    assert.doesNotMatch(stderr, /^\s+at |this is a bug/m);
    // less than one attempt to connect takes, however busy the machine is
    assert.ok(Date.now() - began < 9_000, `${Date.now() - began} ms`);
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  }
});

test('an unknown host, a broken handshake and another protocol are waited for', { timeout }, async (t) => {
  const rude = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  rude.listen(0, '127.0.0.1');
  t.after(() => rude.close());
  await until('it listens', () => rude.listening);
  const address = rude.address();
  const port = typeof address === 'object' && address ? address.port : assert.fail();
  for (const url of [
    'mqtt://no-such-host.invalid',
    `mqtts://127.0.0.1:${port}`,
    `mqtt://127.0.0.1:${port}`,
  ]) {
    for (const waiter of [sink, forward]) {
      const program = run(t, waiter(url));
      await program.line(/It is tried again until it works/);
      assert.equal((await readiness(program))[0], 503);
      assert.equal((await program.stop()).code, 143);
    }
  }
});

test('a login and a certificate that are refused end them with 4, at the start and after a wait', {
  skip: mosquittoMissing ?? opensslMissing,
  timeout,
}, async (t) => {
  const guarded = await startMosquitto({ passwords: { door: 'right' } });
  t.after(() => guarded.stop());
  const { file } = certificates(t);
  const tls = { ca: file('ca.pem'), cert: file('server.pem'), key: file('server.key') };
  const secure = await startMosquitto({ tls });
  t.after(() => secure.stop());
  const wrong = guarded.url.replace('//', '//door:wrong@');
  const stranger = secure.url.replace('mqtt:', 'mqtts:');
  for (const waiter of [sink, forward]) {
    for (const [url, code] of [
      [wrong, /FACEPIPE_E_BROKER_CREDENTIALS/],
      [stranger, /FACEPIPE_E_BROKER_TLS/],
    ] as const) {
      const outcome = await facepipe([...waiter(url), '--port', '0']);
      assert.equal(outcome.code, 4, outcome.stderr);
      assert.match(outcome.stderr, code);
    }
  }
  await guarded.crash();
  const waiting = [sink, forward].map((waiter) => run(t, waiter(wrong)));
  for (const program of waiting) await program.line(/cannot be reached/);
  await guarded.restart();
  for (const program of waiting) {
    const { code, stderr } = await program.ended;
    assert.equal(code, 4, stderr);
    assert.match(stderr, /FACEPIPE_E_BROKER_CREDENTIALS/);
  }
});
