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

test('no program at the edge loads the AWS SDK, and the sink loads no detector', () => {
  const aws = (names: string[]) => names.filter((name) => name.startsWith('@aws-sdk/'));
  const detector = (names: string[]) => names.filter((name) => name === '@facepipe/core');
  for (const command of ['broker', 'capture', 'forward', 'log']) {
    const names = loadedBy(command);
    assert.ok(names.includes('@facepipe/service'), names.join());
    assert.deepEqual(aws(names), [], command);
  }
  const sink = loadedBy('sink');
  assert.notDeepEqual(aws(sink), []);
  assert.deepEqual(detector(sink), []);
  assert.notDeepEqual(detector(loadedBy('detect')), []);
});
