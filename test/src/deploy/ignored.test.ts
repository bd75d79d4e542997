import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import dockerignoreModule from '@balena/dockerignore';
import { freshFolder } from '../support/program.js';

// its types are those of an ES module, and it is CommonJS
const dockerignore = 'default' in dockerignoreModule ? dockerignoreModule.default : dockerignoreModule;
const root = fileURLToPath(new URL('../../../', import.meta.url));
const noGit = spawnSync('git', ['--version']).status === 0 ? false : 'git is not installed';

/** What the documentation, setup.mjs and openssl make, wherever somebody works. */
const names = [
  ...['.env', 'site1.env', 'edge.env', '.env.local', '.env.site1', 'capture-door.env'],
  ...[
    'site1.password',
    'ca.pem',
    'server.pem',
    'ca.key',
    'server.key',
    'tls.key',
    'client.p12',
    'keys/cloud/site1',
  ],
];
const folders = [
  '.',
  'deploy',
  'deploy/edge',
  'deploy/one-machine',
  'packages/cloud',
  'packages/cli',
  'packages',
];
const secrets = folders.flatMap((folder) => names.map((name) => join(folder, name)));
const examples = ['packages/cloud/.env.example', 'deploy/edge/.env.example'];

/** A checkout of a few files with a secret in every place. */
function checkout(): string {
  const folder = freshFolder('facepipe-ignored-');
  for (const file of [
    '.gitignore',
    '.dockerignore',
    'package.json',
    'packages/cloud/Dockerfile',
    ...examples,
  ]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  for (const file of secrets) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), 'CLOUD_PASSWORD=secret\n', { mode: 0o600 });
  }
  return folder;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

test('git sees no secret that is made in a clone, and keeps the examples', { skip: noGit }, () => {
  const folder = checkout();
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
  git('init', '--quiet');
  const seen = git('status', '--porcelain', '--untracked-files=all').split('\n').filter(Boolean);
  assert.deepEqual(
    seen.filter((line) => !line.startsWith('??')),
    [],
  );
  const files = seen.map((line) => line.slice(3));
  assert.deepEqual(
    files.filter((file) => secrets.includes(file)),
    [],
  );
  for (const example of examples) assert.ok(files.includes(example), example);
});

test('no secret that is made in a clone gets into the build context of the images', () => {
  const folder = checkout();
  const rules = dockerignore({ ignorecase: false }).add(readFileSync(join(folder, '.dockerignore'), 'utf8'));
  const context = rules.filter(filesBelow(folder));
  assert.deepEqual(
    context.filter((file) => secrets.includes(file)),
    [],
  );
  // it does let in what an image is made of
  assert.ok(context.includes('package.json') && context.includes('packages/cloud/Dockerfile'));
});

test('no secret is among the files of the repository', { skip: noGit }, (t) => {
  const listed = spawnSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' });
  // an unpacked archive has no list of its files; CI, where a skipped test fails, has
  if (listed.status !== 0) return t.skip('this is no clone');
  const tracked = listed.stdout.split('\n').filter(Boolean);
  const wrong = tracked.filter((file) =>
    /(^|\/)\.env$|\.(env|password|key|p12)$|\.env\.(?!example$)/.test(file),
  );
  assert.deepEqual(wrong, []);
});
