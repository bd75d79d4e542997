import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { root } from '../support/documents.js';

interface Job {
  permissions?: Record<string, string>;
  steps: { uses?: string; run?: string }[];
}

const file = join(root, '.github/workflows/release.yml');
const text = readFileSync(file, 'utf8');

test('the release workflow pins its actions to commits, and writes only where it says so', () => {
  const { permissions, jobs }: { permissions: unknown; jobs: Record<string, Job> } = parse(text);
  assert.deepEqual(permissions, { contents: 'read' });
  const uses = [...text.matchAll(/uses: (.*)$/gm)].map(([, action = '']) => action);
  assert.ok(uses.length > 5);
  for (const action of uses) assert.match(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  const writes = Object.entries(jobs).map(([name, job]) => [
    name,
    Object.keys(job.permissions ?? {}).filter((right) => job.permissions?.[right] === 'write'),
  ]);
  assert.deepEqual(Object.fromEntries(writes), {
    verify: [],
    packages: ['id-token'],
    images: ['packages', 'id-token', 'attestations'],
    announce: ['contents'],
  });
});

test('the release workflow publishes every package, and its shell can be read', () => {
  const { jobs }: { jobs: Record<string, Job> } = parse(text);
  const scripts = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  for (const script of scripts) {
    const { status, stderr } = spawnSync('bash', ['-n', '-c', script], { encoding: 'utf8' });
    assert.equal(status, 0, `${script}\n${stderr}`);
  }
  const published = scripts.find((script) => script.includes('npm publish')) ?? '';
  const names = /for name in ([\w ]+);/.exec(published)?.[1]?.split(' ') ?? [];
  const { workspaces }: { workspaces: string[] } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const packages = workspaces.filter((name) => name.startsWith('packages/'));
  assert.deepEqual(
    names.map((name) => `packages/${name}`),
    packages,
  );
});

test('all packages, images and manifests have one version, and the changelog has it', () => {
  const check = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'tools/version.mjs'), '--check', ...args], { encoding: 'utf8' });
  const { status, stderr } = check();
  assert.equal(status, 0, stderr);
  assert.equal(check('v0.0.1').status, 1);
});
