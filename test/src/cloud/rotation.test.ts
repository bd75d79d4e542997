import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect, type LinkOptions } from '@facepipe/wire';
import { mosquittoMissing, startAedes, startMosquitto } from '../support/brokers.js';
import { certificates, opensslMissing } from '../support/certificates.js';
import { start } from '../support/program.js';
import { stores } from '../support/stores.js';
import { until } from '../support/until.js';

const timeout = 90_000;
const photo = readFileSync(new URL('../../../packages/edge/photos/grace_hopper.jpg', import.meta.url));

function folderOf(t: TestContext): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-rotation-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return (name) => join(folder, name);
}

test('a sink goes on with new certificates, authority and key once the old authority is revoked', {
  skip: mosquittoMissing ?? opensslMissing,
  timeout,
}, async (t) => {
  const { authority, sign, file } = certificates(t);
  authority('ca2');
  sign('server2', 'IP:127.0.0.1', 'ca2');
  sign('client2', 'DNS:client.example', 'ca2');
  // what broker and sink are told to read, as a secret that is mounted
  const place = folderOf(t);
  const install = (ca: string, server: string, client: string) => {
    const files = { ca: `${ca}.pem`, server: `${server}.pem`, serverKey: `${server}.key` };
    for (const [name, from] of Object.entries({ ...files, client: `${client}.pem`, key: `${client}.key` }))
      copyFileSync(file(from), place(name));
  };
  install('ca', 'server', 'client');
  const tls = { ca: place('ca'), cert: place('server'), key: place('serverKey'), clients: true };
  const broker = await startMosquitto({ tls, persistence: true });
  t.after(() => broker.stop());
  const url = broker.url.replace('mqtt:', 'mqtts:');
  const bucket = (await stores[0]?.open()) ?? assert.fail();
  t.after(() => bucket.close());
  const files = ['--ca', place('ca'), '--cert', place('client'), '--tls-key', place('key')];
  const sink = start(['sink', '--broker', url, ...files, '--store', bucket.url, '--port', '0']);
  t.after(() => sink.stop('SIGKILL'));
  await sink.line(/health and metrics/);
  const read = (ca: string, client: string): LinkOptions => ({
    url,
    ca: readFileSync(file(`${ca}.pem`)),
    cert: readFileSync(file(`${client}.pem`)),
    key: readFileSync(file(`${client}.key`)),
  });
  const publish = async (options: LinkOptions, device: string) => {
    const link = await connect(options);
    await link.publish({ topic: `facepipe/${device}/faces`, payload: photo });
    await link.close();
  };
  await publish(read('ca', 'client'), 'before');
  await until('the first is stored', async () => (await bucket.list()).size === 1);

  install('ca2', 'server2', 'client2');
  await broker.restart();
  await assert.rejects(publish(read('ca', 'client'), 'revoked'), { code: 'FACEPIPE_E_BROKER_TLS' });
  // the new server, but the old certificate of the client
  const mixed = { ...read('ca', 'client'), ca: readFileSync(file('ca2.pem')) };
  await assert.rejects(publish(mixed, 'revoked'), { code: 'FACEPIPE_E_BROKER_TLS' });
  await publish(read('ca2', 'client2'), 'after');
  await until('the second is stored', async () => (await bucket.list()).size === 2);
  assert.equal((await sink.stop()).code, 143);
});

test('a password file that changes makes a link connect again, without a broken connection', {
  timeout,
}, async (t) => {
  const passwords: Record<string, string> = { capture: 'old' };
  const broker = await startAedes({ passwords });
  t.after(() => broker.stop());
  const file = folderOf(t)('password');
  writeFileSync(file, 'old');
  const losses: string[] = [];
  const link = await connect({
    url: broker.url,
    username: 'capture',
    clientId: 'rotates',
    clean: false,
    credentials: () => ({ password: readFileSync(file, 'utf8') }),
    credentialsInterval: 20,
    onDisconnect: ({ code }) => void losses.push(code),
  });
  t.after(() => link.close());
  const got: string[] = [];
  await link.subscribe('test/a', async ({ payload }) => void got.push(String(payload)));
  passwords.capture = 'new';
  // gone for a moment, as while it is replaced
  rmSync(file);
  await link.publish({ topic: 'test/a', payload: Buffer.from('meanwhile') });
  writeFileSync(file, 'new');
  await until('it disconnected', () => losses.length > 0);
  await until('it is back', () => link.connected);
  assert.ok(link.sessionPresent);
  await link.publish({ topic: 'test/a', payload: Buffer.from('after') });
  await until('both came', () => got.length === 2);
  assert.deepEqual(losses, ['FACEPIPE_E_CREDENTIALS_CHANGED']);
});

test('a certificate and a key that do not belong together yet are tried again until they do', {
  skip: mosquittoMissing ?? opensslMissing,
  timeout,
}, async (t) => {
  const { sign, file, pem } = certificates(t);
  sign('client2', 'DNS:client.example');
  const tls = { ca: file('ca.pem'), cert: file('server.pem'), key: file('server.key'), clients: true };
  const broker = await startMosquitto({ tls });
  t.after(() => broker.stop());
  let [cert, key] = ['client', 'client'];
  const losses: string[] = [];
  const link = await connect({
    url: broker.url.replace('mqtt:', 'mqtts:'),
    ca: pem('ca.pem'),
    credentials: () => ({ cert: pem(`${cert}.pem`), key: pem(`${key}.key`) }),
    credentialsInterval: 20,
    onDisconnect: ({ code }) => void losses.push(code),
  });
  t.after(() => link.close({ timeout: 0 }));
  cert = 'client2';
  await until('the halves are refused', () => losses.includes('FACEPIPE_E_BROKER_TLS'));
  key = 'client2';
  await until('it is back', () => link.connected);
  await link.publish({ topic: 'test/a', payload: Buffer.of(1) });
});
