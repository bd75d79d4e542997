import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect } from '@facepipe/wire';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { opensslMissing } from '../support/certificates.js';
import { freshFolder } from '../support/program.js';

const root = new URL('../../../', import.meta.url).pathname;
/** A namespace of its own, so that the folders it has in a container can be put where it expects them. */
const namespace = ['-m', 'sh', '-euc'];
const probe = spawnSync('unshare', [...namespace, 'mount -t tmpfs none /mnt']);
const skip =
  opensslMissing ||
  mosquittoMissing ||
  (probe.status === 0 ? false : 'it takes root to put folders where a container has them (unshare -m)');

/** The volumes of a project: folders that are mounted where setup.mjs expects them. */
class Volumes {
  readonly folder = freshFolder('facepipe-setup-');
  /** What Compose gives it of .env. */
  readonly env: Record<string, string> = {};

  constructor() {
    for (const name of ['broker', 'setup', 'login/sink', 'login/capture', 'given', 'users', 'tls'])
      mkdirSync(join(this.folder, name), { recursive: true });
  }

  /** Runs setup.mjs with these access rules; with what it said. */
  run(acl: string, ...args: string[]): { status: number | null; said: string } {
    const { folder } = this;
    // a root of its own, as in its container: the system's files, and these folders
    const place = [
      'mount -t tmpfs none /mnt && cd /mnt && mkdir -p run given users tls etc tmp',
      'touch acl setup.mjs',
      'for d in usr bin sbin lib lib64 proc dev etc opt; do if [ -L /$d ]; then cp -P /$d .; elif [ -d /$d ]; then mkdir -p $d && mount --rbind /$d $d; fi; done',
      `mount --rbind ${folder} run`,
      ...['given', 'users', 'tls'].map((name) => `mount --bind ${folder}/${name} ${name}`),
      `mount --bind ${root}deploy/mosquitto/${acl} acl && mount --bind ${root}deploy/setup.mjs setup.mjs`,
      `exec chroot . "${process.execPath}" /setup.mjs "$@"`,
    ].join('\n');
    const { status, stdout, stderr } = spawnSync('unshare', [...namespace, place, 'sh', ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...this.env },
    });
    return { status, said: `${stdout}${stderr}` };
  }

  read(...path: string[]): string {
    return readFileSync(join(this.folder, ...path), 'utf8');
  }

  list(name: string): string[] {
    return readdirSync(join(this.folder, name)).sort();
  }
}

const lines = (text: string) => text.split('\n').filter(Boolean);
const options = { skip, timeout: 300_000 };
const cloud = ['broker', '--name', 'broker', '--name', '192.0.2.7', '--login', 'sink=sink'];
const iterations = (passwords: string) =>
  lines(passwords).map((line) => Number(/^[^:]+:\$7\$(\d+)\$/.exec(line)?.[1]));

/** mosquitto with what was set up, if it takes it. */
async function brokerOf(t: TestContext, volumes: Volumes) {
  const file = (name: string) => join(volumes.folder, 'broker', name);
  const tls = volumes.list('broker').includes('server.pem')
    ? { tls: { ca: file('ca.pem'), cert: file('server.pem'), key: file('server.key') } }
    : {};
  const config = [`password_file ${file('passwords')}`, `acl_file ${file('acl')}`, 'allow_anonymous false'];
  const broker = await startMosquitto({ config, ...tls });
  t.after(() => broker.stop());
  return broker;
}

test(
  'the broker gets its certificate, hashes and rules, and nothing else; another run keeps what there is',
  options,
  () => {
    const volumes = new Volumes();
    const first = volumes.run('cloud.acl', ...cloud);
    assert.equal(first.status, 0, first.said);
    assert.deepEqual(volumes.list('broker'), ['acl', 'ca.pem', 'passwords', 'server.key', 'server.pem']);
    const kept = volumes.list('setup');
    for (const name of ['ca.key', 'ca.pem', 'log.password', 'sink.password', 'site1.password'])
      assert.ok(kept.includes(name), name);
    assert.ok(!kept.includes('server.key'));
    const modeOf = (...path: string[]) => statSync(join(volumes.folder, ...path)).mode & 0o777;
    for (const name of kept) assert.equal(modeOf('setup', name), 0o600, name);
    for (const name of volumes.list('broker')) assert.equal(modeOf('broker', name), 0o600, name);
    // another user's programs, in a group of their own
    for (const name of volumes.list('login/sink')) assert.equal(modeOf('login/sink', name), 0o640, name);
    const passwords = kept
      .filter((name) => name.endsWith('.password'))
      .map((name) => volumes.read('setup', name).trim());
    const given = volumes
      .list('broker')
      .map((name) => volumes.read('broker', name))
      .join('\n');
    for (const password of passwords) assert.ok(password.length >= 32 && !given.includes(password));
    assert.ok(iterations(volumes.read('broker', 'passwords')).every((count) => count >= 210_000));
    assert.equal(volumes.read('login/sink', 'password'), volumes.read('setup', 'sink.password'));
    assert.deepEqual(volumes.list('login/sink'), ['ca.pem', 'password']);

    const before = ['ca.pem', 'server.pem', 'server.key'].map((name) => volumes.read('broker', name));
    assert.equal(volumes.run('cloud.acl', ...cloud).status, 0);
    assert.deepEqual(
      ['ca.pem', 'server.pem', 'server.key'].map((name) => volumes.read('broker', name)),
      before,
    );
    assert.deepEqual(
      kept.filter((name) => name.endsWith('.password')).map((name) => volumes.read('setup', name).trim()),
      passwords,
    );
    const unnamed = volumes.run('cloud.acl', 'show', 'site1');
    assert.deepEqual([unnamed.status, /CLOUD_HOST is not set/.test(unnamed.said)], [2, true], unnamed.said);
    volumes.env.CLOUD_HOST = '192.0.2.7';
    const { said } = volumes.run('cloud.acl', 'show', 'site1');
    assert.match(said, /^CLOUD=mqtts:\/\/192\.0\.2\.7:8883$/m);
    assert.match(said, new RegExp(`CLOUD_PASSWORD=${passwords.at(-1)}`));

    // other names, another certificate of the same authority
    assert.equal(volumes.run('cloud.acl', 'broker', '--name', 'elsewhere').status, 0);
    assert.equal(volumes.read('broker', 'ca.pem'), before[0]);
    assert.notEqual(volumes.read('broker', 'server.pem'), before[1]);
  },
);

test(
  'what an older setup left with the broker is moved out, and everybody keeps his login',
  options,
  async (t) => {
    const volumes = new Volumes();
    assert.equal(volumes.run('cloud.acl', ...cloud).status, 0);
    // as it was: everything in the one volume, hashed 101 times, with the login of the health check
    const before = Object.fromEntries(
      ['ca.pem', 'server.pem'].map((name) => [name, volumes.read('broker', name)]),
    );
    const password = volumes.read('setup', 'site1.password').trim();
    for (const name of volumes.list('setup'))
      writeFileSync(join(volumes.folder, 'broker', name), volumes.read('setup', name), { mode: 0o600 });
    for (const name of volumes.list('setup')) rmSync(join(volumes.folder, 'setup', name));
    rmSync(join(volumes.folder, 'setup'), { recursive: true });
    mkdirSync(join(volumes.folder, 'setup'));
    for (const name of ['mosquitto_sub', 'health.password', 'own-file'])
      writeFileSync(join(volumes.folder, 'broker', name), '-P secret\n');
    const moved = volumes.run('cloud.acl', ...cloud);
    assert.equal(moved.status, 0, moved.said);
    assert.match(moved.said, /moved passwords and the key of the authority/);
    assert.deepEqual(volumes.list('broker'), [
      'acl',
      'ca.pem',
      'own-file',
      'passwords',
      'server.key',
      'server.pem',
    ]);
    for (const [name, content] of Object.entries(before)) assert.equal(volumes.read('broker', name), content);
    assert.ok(iterations(volumes.read('broker', 'passwords')).every((count) => count >= 210_000));
    const broker = await brokerOf(t, volumes);
    const ca = Buffer.from(before['ca.pem'] ?? '');
    // the certificate is for other names: that its authority is trusted is what the error says
    const refused = connect({ url: `mqtts://127.0.0.1:${broker.port}`, ca, username: 'site1', password });
    await assert.rejects(refused, /does not match certificate/);
  },
);

test(
  'a camera gets the rights of one, whatever it is called, but for the name of another user',
  options,
  async (t) => {
    const volumes = new Volumes();
    const edge = ['broker', '--login', 'capture=roof', '--camera'];
    assert.equal(volumes.run('edge.acl', ...edge, 'roof').status, 0);
    const broker = await brokerOf(t, volumes);
    const roof = await connect({
      url: broker.url,
      username: 'roof',
      password: volumes.read('login/capture', 'password').trim(),
    });
    t.after(() => roof.close({ timeout: 0 }));
    const payload = Buffer.from('x');
    await roof.publish({ topic: 'facepipe/roof/faces', payload });
    await roof.publish({ topic: 'facepipe/roof/status', payload });
    await roof.publish({ topic: 'facepipe/roof/visits', payload });
    for (const topic of [
      'facepipe/roof/stored',
      'facepipe/roof/dead',
      'facepipe/door/faces',
      'facepipe/door/visits',
    ])
      await assert.rejects(roof.publish({ topic, payload }), { code: 'FACEPIPE_E_PUBLISH_DENIED' });
    for (const name of ['log', 'forward', 'a/b', 'a+', '#', 'a:b', 'x\nuser y', '', ' x'])
      assert.equal(volumes.run('edge.acl', 'broker', '--camera', name).status, 2, JSON.stringify(name));
    // those that the rules name, as cameras
    assert.equal(volumes.run('edge.acl', 'broker', '--camera', 'window').status, 0);
    assert.equal(volumes.read('broker', 'acl'), readFileSync(`${root}deploy/mosquitto/edge.acl`, 'utf8'));
  },
);

test(
  'in a pod, the users of a Secret get in, and those without rules are cameras at the edge alone',
  options,
  async (t) => {
    const volumes = new Volumes();
    const password = randomBytes(9).toString('base64url');
    for (const user of ['door', 'log', 'roof'])
      writeFileSync(join(volumes.folder, 'users', user), `${password}\n`);
    mkdirSync(join(volumes.folder, 'users', '..data'));
    writeFileSync(join(volumes.folder, 'tls', 'tls.key'), 'key');
    const { status, said } = volumes.run('edge.acl', 'users', '--cameras');
    assert.equal(status, 0, said);
    assert.deepEqual(volumes.list('broker'), ['acl', 'passwords', 'tls.key']);
    assert.ok(!volumes.read('broker', 'passwords').includes(password));
    assert.equal(
      execFileSync('grep', ['-c', '^user roof$', join(volumes.folder, 'broker', 'acl')], {
        encoding: 'utf8',
      }),
      '1\n',
    );
    const broker = await brokerOf(t, volumes);
    const roof = await connect({ url: broker.url, username: 'roof', password });
    t.after(() => roof.close({ timeout: 0 }));
    await roof.publish({ topic: 'facepipe/roof/faces', payload: Buffer.from('x') });
    const log = await connect({ url: broker.url, username: 'log', password });
    t.after(() => log.close({ timeout: 0 }));
    const forbidden = log.publish({ topic: 'facepipe/log/faces', payload: Buffer.from('x') });
    await assert.rejects(forbidden, { code: 'FACEPIPE_E_PUBLISH_DENIED' });

    assert.equal(volumes.run('cloud.acl', 'users').status, 0);
    assert.doesNotMatch(volumes.read('broker', 'acl'), /roof/);
  },
);
