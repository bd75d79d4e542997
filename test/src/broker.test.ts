import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect } from '@facepipe/wire';
import { facepipe, start } from './program.js';
import { until } from './until.js';

const folder = mkdtempSync(join(tmpdir(), 'facepipe-broker-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function startBroker(...args: string[]) {
  const program = start(['broker', '--port', '0', ...args]);
  const url = /mqtt:\/\/[^ ,]+/.exec(await program.line(/broker listens/))?.[0] ?? '';
  return { program, url };
}

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
