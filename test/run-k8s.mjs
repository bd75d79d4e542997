// Runs test/src/k8s/*.cluster.ts: edge and cloud on a real Kubernetes of one node, which test/lab/kube-cluster starts
// from what it built before. Where that cannot be, says why in one line; with FACEPIPE_TEST_ALL=1 (as in CI) that is a
// failure. FACEPIPE_IMAGE_TAG names images that the engine has already; without it they are built.
import { spawnSync } from 'node:child_process';
import { globSync } from 'tinyglobby';
import { buildImages, execute, firstMissing, root, startEngine } from './lab/engine.mjs';
import { runUnless } from './skippable.mjs';

/** Tag of the images that are built here and removed again. */
const own = 'k8s-test';

function missing() {
  const scripts = [
    ['kube-cluster'],
    ['kube-cluster', 'built'],
    ['docker-engine'],
    ['s3-server'],
    ['kustomize'],
  ];
  const openssl = () => spawnSync('openssl', ['version']).error && 'not installed: apt-get install openssl';
  return firstMissing(...scripts) || openssl();
}

function test() {
  startEngine();
  const { FACEPIPE_IMAGE_TAG: given } = process.env;
  if (!given && !buildImages(own)) throw new Error('the images could not be built');
  process.env.FACEPIPE_IMAGE_TAG = given || own;
  const files = globSync('test/dist/k8s/*.cluster.js', { cwd: root, absolute: true });
  const options = ['--test', '--test-force-exit', '--test-concurrency=1', '--test-reporter=spec'];
  try {
    return execute(process.execPath, [...options, ...files]);
  } finally {
    const built = ['facepipe-edge', 'facepipe-sink'].map((name) => `${name}:${own}`);
    if (!given) spawnSync('docker', ['rmi', ...built], { stdio: 'ignore' });
  }
}

runUnless(missing(), 'test-k8s', test);
