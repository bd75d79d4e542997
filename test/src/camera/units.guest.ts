import assert from 'node:assert/strict';
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startMosquitto } from '../support/brokers.js';
import type { RunningBroker } from '../support/running-broker.js';
import { until } from '../support/until.js';
import { loadVivid } from './cameras.js';

// The units of deploy/systemd under a real systemd, which has the guest's processes to itself in a namespace.

const run = promisify(execFile);
const deploy = fileURLToPath(new URL('../../../deploy/', import.meta.url));
const main = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));
const units = '/etc/systemd/system';
const secrets = { door: 'd', window: 'w', log: 'l', forward: 'f', site1: 's', sink: 'k' };
const logs = mkdtempSync('/tmp/facepipe-units-');
/** `door` has the camera, `window` the demo's faces. */
const services = [
  'facepipe-sink',
  'facepipe-forward',
  'facepipe-log',
  'facepipe-capture@door',
  'facepipe-capture@window',
];
const bucket = '/var/lib/private/facepipe/sink';
/** Programs start slowly in the guest. Seconds. */
const startTimeout = 900;

const missing = existsSync('/lib/systemd/systemd')
  ? false
  : 'systemd is not installed: apt-get install systemd';

let systemd: ChildProcess;
const brokers: RunningBroker[] = [];

const acl = (name: string) => readFileSync(join(deploy, 'mosquitto', `${name}.acl`), 'utf8').split('\n');
const configured = (name: string, ...lines: string[]) =>
  writeFileSync(join('/etc/facepipe', name), lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
const logOf = (service: string) => {
  const file = join(logs, service);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

/** A command among systemd's processes, which does not listen to others. */
async function within(...command: string[]): Promise<string> {
  const leader = execFileSync('pgrep', ['-P', String(systemd.pid)], { encoding: 'utf8' }).trim();
  return (await run('nsenter', ['-t', leader, '-p', '-m', '--', ...command])).stdout;
}

const property = async (service: string, name: string): Promise<string> =>
  (await within('systemctl', 'show', '--value', '-p', name, service)).trim();

/** A command that sees the files as the service does; but as root. */
const inside = async (service: string, ...command: string[]): Promise<string> =>
  within('nsenter', '-t', await property(service, 'MainPID'), '-m', '--', ...command);

function install(edge: string, cloud: string): void {
  for (const [name, target] of [
    ['facepipe', main],
    ['node', process.execPath],
  ] as const)
    if (!existsSync(`/usr/local/bin/${name}`)) symlinkSync(target, `/usr/local/bin/${name}`);
  mkdirSync('/etc/facepipe', { recursive: true });
  for (const device of ['door', 'window'] as const) configured(`capture-${device}.password`, secrets[device]);
  configured('capture-door.env', `FACEPIPE_BROKER=${edge}`, 'FACEPIPE_SOURCE=v4l2:/dev/video0');
  const size = ['FACEPIPE_WIDTH=320', 'FACEPIPE_HEIGHT=240', 'FACEPIPE_FPS=1', 'FACEPIPE_SEND=every'];
  configured('capture-window.env', `FACEPIPE_BROKER=${edge}`, 'FACEPIPE_SOURCE=demo', ...size);
  configured('forward-from.password', secrets.forward);
  configured('forward-to.password', secrets.site1);
  configured('forward.env', `FACEPIPE_FROM=${edge}`, `FACEPIPE_TO=${cloud}`, 'FACEPIPE_TO_USERNAME=site1');
  configured('sink.password', secrets.sink);
  configured('sink.env', `FACEPIPE_BROKER=${cloud}`, 'FACEPIPE_STORE=file:///var/lib/facepipe/sink');
  configured('log.password', secrets.log);
  configured('log.env', `FACEPIPE_BROKER=${edge}`);
  for (const name of readdirSync(join(deploy, 'systemd')))
    writeFileSync(join(units, name), readFileSync(join(deploy, 'systemd', name)));
  // nothing else is to start in the guest, and the journal is files here
  const away = ['systemd-tmpfiles-setup.service', 'tmp.mount', 'systemd-journald.socket'];
  for (const unit of [...away, 'systemd-journald.service', 'network-online.target', 'time-sync.target'])
    writeFileSync(join(units, unit), '');
  for (const service of services) {
    mkdirSync(join(units, `${service}.service.d`));
    const output = ['Output', 'Error'].map((kind) => `Standard${kind}=append:${join(logs, service)}\n`);
    const alone = `[Unit]\nDefaultDependencies=no\n[Service]\n${output.join('')}`;
    writeFileSync(join(units, `${service}.service.d`, 'alone.conf'), alone);
  }
  const wants = services.map((service) => `Wants=${service}.service\n`).join('');
  writeFileSync(join(units, 'facepipe.target'), `[Unit]\nDefaultDependencies=no\n${wants}`);
}

before(
  async () => {
    if (missing) return;
    await loadVivid();
    execFileSync('sh', ['-c', 'chgrp video /dev/video* && chmod 660 /dev/video*']);
    const edge = await startMosquitto({ passwords: secrets, acl: acl('edge') });
    const cloud = await startMosquitto({ passwords: secrets, acl: acl('cloud') });
    brokers.push(edge, cloud);
    install(edge.url, cloud.url);
    execFileSync('mount', ['-t', 'cgroup2', 'cgroup2', '/sys/fs/cgroup']);
    // credentials reach a service by a mount that must propagate
    const boot = ['mount --make-rshared / && exec "$@"', 'sh', '/lib/systemd/systemd', '--system'];
    const quiet = ['--unit=facepipe.target', '--show-status=no', '--log-level=warning'];
    const spaces = ['--pid', '--mount', '--fork', '--mount-proc', '--kill-child'];
    systemd = spawn('unshare', [...spaces, 'sh', '-c', ...boot, ...quiet], {
      stdio: 'ignore',
      env: { ...process.env, container: 'facepipe' },
    });
    await until(
      'systemd answers',
      () =>
        within('systemctl', 'is-system-running').then(
          () => true,
          ({ stdout }) => /running|starting|degraded/.test(String(stdout)),
        ),
      300,
    );
  },
  { timeout: 600_000 },
);
after(async () => {
  if (missing) return;
  systemd.kill('SIGKILL');
  for (const broker of brokers) await broker.stop();
});

test('faces go all the way, from units that may do nothing else', {
  skip: missing,
  timeout: 2_000_000,
}, async () => {
  const state = () => services.map((service) => `${service}: ${logOf(service).slice(-300)}`).join('\n');
  const pictures = () =>
    existsSync(bucket)
      ? readdirSync(bucket, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.png'))
      : [];
  await until(
    () => `three faces are stored\n${state()}`,
    () => pictures().length >= 3,
    startTimeout,
  );
  await until(
    () => `the camera gives frames\n${state()}`,
    () => /frames [1-9]/.test(logOf('facepipe-capture@door')),
    startTimeout,
  );
  for (const service of services) {
    assert.equal(await property(service, 'ActiveState'), 'active', service);
    assert.equal(await property(service, 'NRestarts'), '0', logOf(service));
    const pid = await property(service, 'MainPID');
    const status = await inside(service, 'cat', `/proc/${pid}/status`);
    const says = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1];
    assert.match(says('Uid') ?? '', /^6\d{4}\s/, service);
    assert.deepEqual(
      [says('CapEff'), says('CapBnd'), says('NoNewPrivs'), says('Seccomp')],
      ['0000000000000000', '0000000000000000', '1', '2'],
      service,
    );
    for (const place of ['/usr', '/etc', '/home', '/var/lib/private'])
      await assert.rejects(
        inside(service, 'touch', `${place}/x`),
        /Read-only file system|No such file/,
        place,
      );
  }
});

test('a killed program is started again; one that is stopped has ended well', {
  skip: missing,
  timeout: 1_000_000,
}, async () => {
  await within('systemctl', 'kill', '-s', 'KILL', 'facepipe-forward');
  await until(
    () => `forward is there again: ${logOf('facepipe-forward').slice(-500)}`,
    () => logOf('facepipe-forward').split('carrying').length > 2,
    startTimeout,
  );
  assert.equal(await property('facepipe-forward', 'NRestarts'), '1');
  for (const service of services) {
    await within('systemctl', 'stop', service);
    assert.deepEqual(
      [await property(service, 'Result'), await property(service, 'ExecMainStatus')],
      ['success', '143'],
      logOf(service),
    );
  }
});
