// Runs test/src/k8s/*.cluster.ts: edge and cloud on a real Kubernetes of one node, which scripts/kube-cluster starts from what it
// built before. Where that cannot be, says why in one line; with FACEPIPE_TEST_ALL=1 (as in CI) that is a failure.
// FACEPIPE_IMAGE_TAG names images that the engine has already; without it they are built.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';

const root = fileURLToPath(new URL('..', import.meta.url));
const script = (name) => `${root}scripts/${name}`;
/** Tag of the images that are built here and removed again. */
const own = 'k8s-test';

function missing() {
  const needed = [
    ['kube-cluster', 'missing'],
    ['kube-cluster', 'built'],
    ['docker-engine', 'missing'],
    ['s3-server', 'missing'],
    ['kustomize', 'missing'],
  ];
  for (const [name, question] of needed) {
    const { status, stderr, error } = spawnSync(script(name), [question], { encoding: 'utf8' });
    if (error) return `scripts/${name} cannot run here: ${error.message}`;
    if (status !== 0) return stderr.trim().replace(`${name}: `, '');
  }
  return spawnSync('openssl', ['version']).error && 'not installed: apt-get install openssl';
}

/** Points this process, and so what it starts, at a Docker engine. */
function startEngine() {
  const { status, stdout } = spawnSync(script('docker-engine'), ['start', '--while', String(process.pid)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
  });
  if (status !== 0) throw new Error('the Docker engine did not start');
  for (const [, name, value] of stdout.matchAll(/^export (\w+)=(.*)$/gm)) process.env[name] = value;
}

const execute = (command, args) => spawnSync(command, args, { stdio: ['ignore', 1, 2] }).status ?? 1;

function buildImages() {
  const { stdout } = spawnSync(process.execPath, [script('images.mjs'), '--help'], { encoding: 'utf8' });
  const [, base] = /instead of (\S+),/.exec(stdout) ?? [];
  const failed =
    execute(script('base-images'), [base, 'eclipse-mosquitto:2']) ||
    execute(process.execPath, [script('images.mjs'), '--tag', own]);
  if (failed) throw new Error('the images could not be built');
}

function run() {
  startEngine();
  const { FACEPIPE_IMAGE_TAG: given } = process.env;
  if (!given) buildImages();
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

const reason = missing();
if (reason) {
  console.log(`test-k8s: skipped, ${reason}`);
  process.exitCode = process.env.FACEPIPE_TEST_ALL ? 1 : 0;
} else {
  process.exitCode = run();
}
