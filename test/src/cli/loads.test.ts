import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

/** Names every package that is asked for on stdout. */
const hook = `export async function resolve(name, context, next) {
  if (/^@?[a-z]/.test(name) && !name.startsWith('node:')) process._rawDebug('asked for ' + name);
  return next(name, context);
}`;

function loadedBy(command: string): string[] {
  const file = new URL(`../../../packages/cli/dist/command/${command}.js`, import.meta.url);
  const program = `import { register } from 'node:module';
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));
    await import(${JSON.stringify(file)});`;
  const args = ['--input-type=module', '--eval', program];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return [...stderr.matchAll(/^asked for (\S+)/gm)].map(([, name = '']) => name);
}

/** What each command has no use for, by the beginnings of names. The doors of the packages keep it out. */
const useless = {
  broker: ['@aws-sdk/', '@facepipe/core', 'koffi', 'node-webcam', 'tinyglobby'],
  capture: ['@aws-sdk/', '@facepipe/view', 'fastify', 'koffi', 'node-webcam'],
  detect: ['@aws-sdk/', 'aedes', 'classic-level', 'koffi', 'mqtt', 'node-webcam', 'prom-client'],
  devices: ['@aws-sdk/', '@facepipe/core', '@facepipe/wire', 'sharp'],
  explain: ['@aws-sdk/', 'aedes', 'classic-level', 'koffi', 'mqtt', 'node-webcam', 'prom-client'],
  forward: ['@aws-sdk/', '@facepipe/core', 'aedes', 'classic-level', 'koffi', 'tinyglobby'],
  health: ['@aws-sdk/', '@facepipe/core', '@facepipe/edge', '@facepipe/wire', 'sharp'],
  log: ['@aws-sdk/', '@facepipe/core', 'aedes', 'classic-level', 'koffi', 'tinyglobby'],
  sink: ['@facepipe/core', '@facepipe/edge', '@facepipe/view', 'aedes', 'classic-level', 'koffi'],
  view: ['@aws-sdk/', '@facepipe/core', '@facepipe/edge', 'aedes', 'classic-level', 'koffi'],
} as const;

for (const [command, names] of Object.entries(useless)) {
  test(`${command} loads nothing that it has no use for`, () => {
    const loaded = loadedBy(command);
    assert.ok(loaded.includes('@facepipe/service'), loaded.join());
    assert.deepEqual(
      loaded.filter((name) => names.some((start) => name.startsWith(start))),
      [],
    );
  });
}

test('what is kept out elsewhere is loaded where it is used', () => {
  assert.ok(loadedBy('sink').some((name) => name.startsWith('@aws-sdk/')));
  assert.ok(loadedBy('detect').includes('@facepipe/core'));
  assert.ok(loadedBy('broker').includes('aedes'));
});
