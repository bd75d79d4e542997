import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { facepipe, freshFolder, start } from '../support/program.js';

const photo = fileURLToPath(new URL('../../../packages/edge/photos/astronaut.png', import.meta.url));
const main = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));
const folder = freshFolder('facepipe-output-');

/** Every line of a text as JSON; throws at the first that is none. */
const parsed = (lines: string) => lines.split('\n').flatMap((line) => (line === '' ? [] : JSON.parse(line)));

const full = existsSync('/dev/full') ? false : 'there is no /dev/full: Linux only';
test('a full disk behind stdout is one sentence and exit code 1', { skip: full }, async () => {
  const child = spawn(process.execPath, [main, 'detect', photo], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
  });
  assert.ok(child.stderr);
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  assert.equal(code, 1);
  assert.match(said, /^facepipe: standard output could not be written: the disk is full\. [^\n]*\n$/);
});

test('with --json every line on both streams is JSON, the last words and warnings of libraries too', async () => {
  const broker = start(['broker', '--port', '0', '--data', join(folder, 'broker'), '--json']);
  const url = /mqtt:[^",]*/.exec(await broker.line(/broker listens on/))?.[0] ?? '';
  const store = `file://${join(folder, 'faces')}`;
  const sink = start(['sink', '--broker', url, '--store', store, '--port', '0', '--json']);
  await sink.line(/storing/);
  const outcomes = [
    await sink.stop('SIGINT'),
    await facepipe(['capture', '--source', join(folder, 'none.mp4'), '--json']),
    await facepipe(['capture', '--sauce', 'demo', '--json']),
    // on old versions of Node.js the SDK warns of its end of support
    await facepipe(
      ['sink', '--store', 's3://faces', '--endpoint', 'http://127.0.0.1:1', '--port', '0', '--json'],
      {
        env: { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'us-east-1' },
      },
    ),
    await broker.stop(),
  ];
  assert.deepEqual(
    outcomes.map(({ code }) => code),
    [130, 3, 2, 5, 143],
  );
  for (const { stdout, stderr } of outcomes) parsed(`${stdout}\n${stderr}`);
  const last = parsed(outcomes[1]?.stderr ?? '').at(-1);
  assert.deepEqual([last.level, last.code], [60, 'FACEPIPE_E_SOURCE_NOT_FOUND']);
  assert.match(last.see, /docs\/errors\.md#facepipe_e_source_not_found$/);
});
