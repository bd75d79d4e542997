import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { freePort, startAedes } from '../support/brokers.js';
import { facepipe, type Program, start } from '../support/program.js';
import { until } from '../support/until.js';

async function portOf(program: Program): Promise<string> {
  const said = await program.line(/health and metrics on port \d+/);
  return /on port (\d+)/.exec(said)?.[1] ?? assert.fail(said);
}

function run(t: TestContext, ...args: string[]): Program {
  const program = start([...args, '--port', '0', '--json']);
  t.after(() => program.stop());
  return program;
}

test('health asks forward and log how they are, and says why they are not well', async (t) => {
  const [edge, cloud] = await Promise.all([startAedes(), startAedes()]);
  t.after(() => Promise.all([edge.stop(), cloud.stop()]));
  const forward = await portOf(run(t, 'forward', '--from', edge.url, '--to', cloud.url));
  const log = await portOf(run(t, 'log', '--broker', edge.url));
  const audit = await portOf(run(t, 'log', '--audit', '--broker', edge.url, '--client-id', 'audit'));
  for (const port of [forward, log, audit]) {
    const { code, stdout } = await facepipe(['health', '--port', port]);
    assert.deepEqual([code, stdout], [0, 'ready\n']);
  }

  await cloud.stop();
  let refused = await facepipe(['health', '--port', forward]);
  await until('the forwarder has noticed', async () => {
    refused = await facepipe(['health', '--port', forward]);
    return refused.code !== 0;
  });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /not well: mqtt:\/\/127\.0\.0\.1:\d+\/? is offline\..*FACEPIPE_E_UNHEALTHY/);
  const { code, stdout } = await facepipe(['health', '--live'], { env: { FACEPIPE_PORT: forward } });
  assert.deepEqual([code, stdout], [0, 'alive\n']);
});

test('health names a port where nothing listens, and a program that does not answer', async (t) => {
  const closed = await freePort();
  const nothing = await facepipe(['health', '--port', String(closed)]);
  assert.equal(nothing.code, 1);
  assert.match(nothing.stderr, new RegExp(`port ${closed} is not well: nothing listens there`));

  const silent = createServer(() => {});
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const address = silent.address();
  const port = typeof address === 'object' && address ? address.port : assert.fail();
  const hung = await facepipe(['health', '--port', String(port)]);
  assert.equal(hung.code, 1);
  assert.match(hung.stderr, /it does not answer/);
});
