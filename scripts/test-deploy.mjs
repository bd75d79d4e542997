// Builds both images and runs test/src/deploy/*.engine.ts on a Docker engine: the machine's, or, for root on Debian, one that is
// started for this. Where there can be none, says why in one line; with FACEPIPE_TEST_ALL=1 (as in CI) that is a failure.
// Arguments are file name filters.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';

const root = fileURLToPath(new URL('..', import.meta.url));
const engine = join(root, 'scripts/docker-engine');
const filters = process.argv.slice(2);
/** Of the images that are built here; they stay with the engine, whose cache makes the next run shorter. */
const tag = 'test';

const read = (command, args) =>
  spawnSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: ['ignore', 1, 2] }).status ?? 1;

function missing() {
  for (const script of [engine, join(root, 'scripts/s3-server')]) {
    const { status, stderr, error } = read(script, ['missing']);
    if (error || status !== 0) return error?.message ?? stderr.trim();
  }
  return '';
}

/** Points this process's docker at an engine. */
function startEngine() {
  const { status, stdout, stderr } = read(engine, ['start', '--while', String(process.pid)]);
  if (status !== 0) throw new Error(stderr);
  for (const [, name, value] of stdout.matchAll(/^export (\w+)=(.*)$/gm)) process.env[name] = value;
}

function test() {
  const files = globSync('test/dist/deploy/*.engine.js', { cwd: root, absolute: true })
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort();
  if (files.length === 0) {
    console.error(`test-deploy: no test file matches ${filters.join(', ')}`);
    return 1;
  }
  startEngine();
  const { stdout } = read(process.execPath, ['scripts/images.mjs', '--help']);
  const [, base] = /instead of (\S+),/.exec(stdout);
  return (
    run(join(root, 'scripts/base-images'), [base, 'eclipse-mosquitto:2']) ||
    run(process.execPath, ['scripts/images.mjs', '--tag', tag]) ||
    run(process.execPath, ['--test', '--test-concurrency=1', '--test-reporter=spec', ...files])
  );
}

const reason = missing();
if (reason) {
  console.log(`test-deploy: skipped, ${reason}`);
  process.exitCode = process.env.FACEPIPE_TEST_ALL ? 1 : 0;
} else {
  process.env.TAG = tag;
  process.exitCode = test();
}
