import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { freePort } from '../support/brokers.js';
import { until } from '../support/until.js';
import { docker, root, skipping, tag, tryDocker } from './engine.js';

const run = promisify(execFile);
const names = ['facepipe-edge', 'facepipe-sink'];
/** What each may weigh on linux/amd64, MB: some are added by updates of Debian and Node.js. */
const limits: Record<string, number> = { 'facepipe-edge': 500, 'facepipe-sink': 220 };
const confined = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];

const skip = skipping(
  spawnSync('docker-registry', ['--version']).error
    ? 'docker-registry is not installed: apt-get install docker-registry'
    : undefined,
);

async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'facepipe-images-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('the images are small, not root, and have no shell', async (t) => {
  for (const name of names) {
    const [{ Size, Config }] = JSON.parse(await docker('image', 'inspect', `${name}:${tag}`));
    t.diagnostic(`${name}: ${Math.round(Size / 1e6)} MB`);
    assert.ok(Size / 1e6 < (limits[name] ?? 0), `${name} has ${Size} bytes`);
    assert.equal(Config.User, '10001:10001');
    assert.equal(Config.StopSignal, 'SIGTERM');
    assert.deepEqual(Config.Healthcheck.Test, ['CMD', 'node', '/facepipe/packages/cli/dist/health-check.js']);
    const labels = Object.keys(Config.Labels).map((label) => label.replace('org.opencontainers.image.', ''));
    for (const label of ['title', 'description', 'licenses', 'version', 'base.name'])
      assert.ok(labels.includes(label), label);
    for (const program of ['sh', 'bash', 'apt-get', 'npm']) {
      const { status, output } = tryDocker('run', '--rm', '--entrypoint', program, `${name}:${tag}`);
      assert.equal(status, 127, `${name} has ${program}: ${output}`);
    }
  }
});

test('each image lists what is in it: packages of npm and of Debian, and Node.js', async (t) => {
  const folder = await temporary(t);
  for (const name of names) {
    const container = await docker('create', `${name}:${tag}`);
    t.after(() => docker('rm', container));
    await docker('cp', `${container}:/usr/share/facepipe/sbom.cdx.json`, join(folder, 'sbom.json'));
    const { bomFormat, components } = JSON.parse(await readFile(join(folder, 'sbom.json'), 'utf8'));
    assert.equal(bomFormat, 'CycloneDX');
    const has = (pattern: RegExp) =>
      components.some(({ purl = '' }: { purl?: string }) => pattern.test(purl));
    const edge = name === 'facepipe-edge';
    for (const purl of [/^pkg:npm\/mqtt@/, /^pkg:deb\/debian\/libc6@/, /^pkg:generic\/node@24/])
      assert.ok(has(purl), `${name} ${purl}`);
    for (const purl of [/^pkg:npm\/koffi@/, /^pkg:deb\/debian\/ffmpeg@/])
      assert.equal(has(purl), edge, `${name} ${purl}`);
    assert.equal(has(/^pkg:npm\/(typescript|@biomejs\/biome)@/), false, `${name} has tools of the build`);
  }
});

test('the edge’s image finds faces in a picture and has an ffmpeg for streams, with nothing to write to', async () => {
  const image = `facepipe-edge:${tag}`;
  const photo = '/facepipe/packages/edge/photos/astronaut.png';
  const detect = await docker(
    'run',
    '--rm',
    ...confined,
    image,
    'detect',
    photo,
    '--json',
    '--cascade',
    'frontalface_alt2',
  );
  assert.equal(JSON.parse(detect).faces.length, 1);
  assert.match(
    await docker('run', '--rm', ...confined, '--entrypoint', 'ffmpeg', image, '-hide_banner', '-protocols'),
    /rtmp[\s\S]*tls/,
  );
  assert.match(tryDocker('run', '--rm', ...confined, image, 'devices').output, /no V4L2 camera/);
});

test('the first process of a container hears SIGTERM, and a health check says what is wrong', async (t) => {
  const name = `facepipe-${randomUUID().slice(0, 8)}`;
  const spool = ['--tmpfs', '/var/lib/facepipe:uid=10001,gid=10001'];
  const flags = ['capture', '--source', 'demo', '--broker', 'mqtt://127.0.0.1:1'];
  await docker('run', '-d', '--name', name, ...confined, ...spool, `facepipe-edge:${tag}`, ...flags);
  t.after(() => docker('rm', '-f', name));
  const check = () => tryDocker('exec', name, 'node', '/facepipe/packages/cli/dist/health-check.js');
  await until('the program serves its health', () => !check().output.includes('nothing listens'));
  assert.deepEqual(check(), { status: 1, output: 'mqtt://127.0.0.1:1 is offline\n' });
  await docker('stop', '-t', '10', name);
  // docker's SIGKILL after 10 s would be 137
  assert.equal(await docker('inspect', name, '--format', '{{.State.ExitCode}}'), '143');
});

test('`npm run images -- --push` puts both into a registry, from which they are pulled', {
  skip,
}, async (t) => {
  const folder = await temporary(t);
  const port = await freePort();
  const config = join(folder, 'registry.yml');
  await writeFile(
    config,
    `version: 0.1\nstorage: {filesystem: {rootdirectory: ${folder}/data}}\nhttp: {addr: 127.0.0.1:${port}}\nlog: {level: error}\n`,
  );
  const server = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  t.after(() => server.kill('SIGKILL'));
  await until('the registry answers', async () => {
    return (await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => undefined))?.ok ?? false;
  });

  const registry = `127.0.0.1:${port}`;
  const flags = ['--registry', registry, '--tag', tag, '--push', '--sbom', folder];
  const { stdout } = await run(process.execPath, ['tools/images.mjs', ...flags], { cwd: root });
  for (const name of names) {
    const pushed = `${registry}/${name}:${tag}`;
    t.after(() => tryDocker('rmi', pushed));
    assert.match(stdout, new RegExp(`^${pushed}  \\w+  \\d+ MB  pushed$`, 'm'));
    const id = await docker('image', 'inspect', pushed, '--format', '{{.Id}}');
    await docker('rmi', pushed);
    await docker('pull', '-q', pushed);
    assert.equal(await docker('image', 'inspect', pushed, '--format', '{{.Id}}'), id);
    assert.ok(
      JSON.parse(await readFile(join(folder, `${name}-${tag}.cdx.json`), 'utf8')).components.length > 100,
    );
  }
});

test('`npm run images` refuses what cannot be', async () => {
  const refused = async (...flags: string[]): Promise<string> => {
    try {
      await run(process.execPath, ['tools/images.mjs', ...flags], { cwd: root });
    } catch (error) {
      return error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    }
    return '';
  };
  assert.match(await refused('--push'), /--push needs a --registry/);
  assert.match(
    await refused('--platform', 'linux/amd64,linux/arm64'),
    /several platforms can only be pushed/,
  );
  assert.match(await refused('--nonsense'), /Unknown option '--nonsense'[\s\S]*--registry R/);
});
