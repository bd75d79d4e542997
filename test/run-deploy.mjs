// Builds both images and runs test/src/deploy/*.engine.ts on a Docker engine: the machine's, or, for root on Debian,
// one that is started for this. Where there can be none, says why in one line; with FACEPIPE_TEST_ALL=1 (as in CI) that
// is a failure. Arguments are file name filters.
import { globSync } from 'tinyglobby';
import { buildImages, execute, firstMissing, root, startEngine } from './lab/engine.mjs';
import { runUnless } from './skippable.mjs';

const filters = process.argv.slice(2);
/** Of the images that are built here; they stay with the engine, whose cache makes the next run shorter. */
const tag = 'test';

function test() {
  const files = globSync('test/dist/deploy/*.engine.js', { cwd: root, absolute: true })
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort();
  if (files.length === 0) {
    console.error(`test-deploy: no test file matches ${filters.join(', ')}`);
    return 1;
  }
  startEngine();
  if (!buildImages(tag)) return 1;
  process.env.TAG = tag;
  return execute(process.execPath, ['--test', '--test-concurrency=1', '--test-reporter=spec', ...files]);
}

runUnless(firstMissing(['docker-engine'], ['s3-server']), 'test-deploy', test);
