import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { freePort, mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { type Outcome, type Program, start } from '../support/program.js';
import { stores } from '../support/stores.js';
import { until } from '../support/until.js';

const photo = new URL('../../../packages/edge/photos/grace_hopper.jpg', import.meta.url).pathname;
const timeout = 300_000;
// with everything that URLs, shells and JSON write otherwise
const secrets = {
  password: 'pa"ss/w#rd?%1',
  url: 'url:pass@word/2&',
  aws: 'aws/secret+key=3',
  pem: 'PEMSECRET4',
};

/** The secret in every form in which it could come out. */
const formsOf = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64'),
];

function check({ stdout, stderr }: Pick<Outcome, 'stdout' | 'stderr'>, what: string): void {
  for (const [name, secret] of Object.entries(secrets)) {
    for (const form of formsOf(secret))
      assert.ok(
        !`${stdout}\n${stderr}`.includes(form),
        `${what} shows the secret of ${name}:\n${stdout}\n${stderr}`,
      );
  }
}

async function files(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'facepipe-secret-'));
  t.after(() => rm(folder, { recursive: true }));
  const password = join(folder, 'password');
  await writeFile(password, `${secrets.password}\n`);
  const config = join(folder, 'facepipe.yaml');
  await writeFile(config, `password: '${secrets.password}'\n`);
  const pem = join(folder, 'key.pem');
  await writeFile(pem, `-----BEGIN PRIVATE KEY-----\n${secrets.pem}\n-----END PRIVATE KEY-----\n`);
  return { folder, password, config, pem };
}

const withUser = (url: string) => url.replace('//', `//user:${encodeURIComponent(secrets.url)}@`);
const env = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: secrets.aws, AWS_REGION: 'us-east-1' };
const loud = ['--log-level', 'debug'];

test('no command shows a secret when its broker or store is not there, cannot be meant, or refuses', {
  skip: mosquittoMissing,
  timeout,
}, async (t) => {
  const { folder, password, config, pem } = await files(t);
  const broker = await startMosquitto({ passwords: { user: 'another' } });
  t.after(() => broker.stop());
  const nowhere = `mqtt://127.0.0.1:${await freePort()}`;
  const s3 = [
    '--store',
    's3://bucket/x',
    '--endpoint',
    `http://127.0.0.1:${await freePort()}`,
    '--port',
    '0',
  ];
  const commands: Record<string, (url: string, prefix: string) => string[]> = {
    log: (url) => ['log', '--broker', url],
    audit: (url) => ['log', '--audit', '--broker', url],
    sink: (url) => ['sink', '--broker', url, '--store', `file://${folder}/bucket`, '--port', '0'],
    forward: (url) => ['forward', '--from', url, '--to', withUser(nowhere)],
    forwardTo: (url) => ['forward', '--from', withUser(nowhere), '--to', url],
  };
  for (const [name, command] of Object.entries(commands)) {
    const side = { forward: 'from-', forwardTo: 'to-' }[name] ?? '';
    const keyFlag = name === 'sink' ? '--tls-key' : `--${side}key`;
    const secure = broker.url.replace('mqtt:', 'mqtts:');
    const user = [`--${side}username`, 'user'];
    const runs: [string[], Record<string, string>?][] = [
      [command(withUser(nowhere), side)],
      [command(withUser(broker.url), side)],
      // a password that nobody escaped
      [command(`mqtt://user:${secrets.url}@127.0.0.1`, side)],
      [[...command(broker.url, side), ...user, `--${side}password`, secrets.password]],
      [[...command(broker.url, side), ...user, `--${side}password-file`, password]],
      [
        [...command(broker.url, side), ...user],
        { [`FACEPIPE_${side.toUpperCase().replace('-', '_')}PASSWORD`]: secrets.password },
      ],
      [[...command(secure, side), `--${side}cert`, pem, keyFlag, pem]],
      ...(side === '' ? [[[...command(broker.url, side), ...user, '--config', config]] as [string[]]] : []),
    ];
    const ended = await Promise.all(
      runs.map(([args, more]) => {
        const program = start([...args, ...loud], { env: { ...env, ...more } });
        // sink and forward wait for a broker that is not there
        const waits = program.line(new RegExp(`${side.replace('-', ': ')}.*tried again until it works`));
        void waits.then(() => program.stop()).catch(() => {});
        return program.ended;
      }),
    );
    for (const [i, outcome] of ended.entries()) {
      assert.notEqual(outcome.code, 0, `${name} ${i}`);
      assert.doesNotMatch(outcome.stderr, /this is a bug/, `${name} ${i}`);
      check(outcome, `${name} ${i}`);
    }
  }
  const stores = [
    s3,
    ['--store', `s3://key:${secrets.aws}@bucket/x`, '--port', '0'],
    [
      '--store',
      's3://bucket/x',
      '--endpoint',
      `http://key:${encodeURIComponent(secrets.aws)}@127.0.0.1`,
      '--port',
      '0',
    ],
    ['--store', `file://user:${secrets.aws}@host/x`, '--port', '0'],
  ];
  for (const store of stores) {
    const outcome = await start(['sink', '--broker', nowhere, ...store, ...loud], { env }).ended;
    assert.ok([2, 5].includes(outcome.code ?? 0), outcome.stderr);
    check(outcome, store.join(' '));
  }
  const detect = await start(['detect', photo, '--json', ...loud], {
    env: { ...env, FACEPIPE_PASSWORD: secrets.password },
  }).ended;
  check(detect, 'detect');
});

for (const json of [[], ['--json']]) {
  test(`no running command shows a secret in logs, results or metrics${json.length > 0 ? ', as JSON' : ''}`, {
    skip: mosquittoMissing,
    timeout,
  }, async (t) => {
    const { folder, password } = await files(t);
    const broker = await startMosquitto({ passwords: { user: secrets.password } });
    t.after(() => broker.stop());
    const place = (await stores[0]?.open()) ?? assert.fail();
    t.after(() => place.close());
    const url = broker.url.replace('//', `//user:${encodeURIComponent(secrets.password)}@`);
    const all = [...loud, ...json];
    const other = join(folder, 'broker');
    const port = String(await freePort());
    const embedded = ['--port', port, '--data', other, '--username', 'user', '--password-file', password];
    const programs: Record<string, Program> = {
      broker: start(['broker', ...embedded, ...all], { env }),
      log: start(['log', '--broker', url, ...all], { env }),
      sink: start(['sink', '--broker', url, '--store', place.url, '--port', '0', ...all], { env }),
    };
    for (const program of Object.values(programs)) t.after(() => program.stop('SIGKILL'));
    const [sink, log] = [programs.sink, programs.log];
    assert.ok(sink && log);
    await programs.broker?.line(/listens/);
    const there = `mqtt://127.0.0.1:${port}`;
    const to = ['--to', there, '--to-username', 'user', '--to-password', secrets.password];
    const forward = start(['forward', '--from', url, ...to, ...all], { env });
    programs.forward = forward;
    t.after(() => forward.stop('SIGKILL'));
    const health = /port (\d+)/.exec(await sink.line(/health and metrics/))?.[1];
    await Promise.all([log.line(/connected/), forward.line(/carrying/)]);
    const flags = ['--source', photo, '--broker', url, '--name', 'door'];
    const capture = await start(['capture', ...flags, ...all], { env, cwd: folder }).ended;
    assert.equal(capture.code, 0, capture.stderr);
    check(capture, 'capture');
    await until('the face is stored', async () => (await place.list()).size === 1);
    for (const path of ['metrics', 'readyz', 'healthz']) {
      const stdout = await (await fetch(`http://127.0.0.1:${health}/${path}`)).text();
      check({ stdout, stderr: '' }, path);
    }
    await broker.crash();
    await Promise.all(
      [sink, log, forward].map((program) =>
        program.line(/connection to the broker .* was lost|ECONN|cannot be reached/),
      ),
    );
    for (const [name, program] of Object.entries(programs)) check(await program.stop(), name);
  });
}
