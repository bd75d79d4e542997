// Runs test/src/cluster/*.cluster.ts: faces through clusters of three brokers, which test/lab/broker-cluster starts.
// Where that cannot be, says why in one line; with FACEPIPE_TEST_ALL=1 (as in CI) that is a failure.
// `--short` is CI's form, of some minutes; other arguments are file name filters.
import { globSync } from 'tinyglobby';
import { execute, firstMissing, root } from './lab/engine.mjs';
import { runUnless } from './skippable.mjs';

const short = process.argv.includes('--short');
const filters = process.argv.slice(2).filter((argument) => argument !== '--short');

function test() {
  if (short) process.env.FACEPIPE_CLUSTER = 'short';
  const files = globSync('test/dist/cluster/*.cluster.js', { cwd: root, absolute: true })
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort();
  if (files.length === 0) throw new Error(`no test file matches ${filters.join(', ')}`);
  // the short form mostly waits
  const options = [`--test-concurrency=${short ? 2 : 1}`, '--test-force-exit', '--test-reporter=spec'];
  return execute(process.execPath, ['--test', ...options, ...files]);
}

runUnless(firstMissing(['broker-cluster'], ['s3-server']), 'test-cluster', test);
