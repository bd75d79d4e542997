import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { audit } from '../faults/audit.js';
import { S3Bucket } from '../faults/bucket.js';
import { Journal } from '../faults/journal.js';
import { startCable } from '../support/cable.js';
import { certificates } from '../support/certificates.js';
import { s3Server } from '../support/stores.js';
import { until } from '../support/until.js';
import { startCluster } from './cluster.js';
import { overlays, text } from './manifest.js';
import { cloud, edge, folder, own, secrets, volumes } from './site.js';

// Run by test/run-k8s.mjs, which sees to it that everything is there.
const tag = process.env.FACEPIPE_IMAGE_TAG ?? '';

/** What runs in the containers of our pods, as the machine sees it; `cpu` in seconds. */
function processes(): { pod: string; name: string; status: string; cpu: number }[] {
  const docker = (...args: string[]) => execFileSync('docker', args, { encoding: 'utf8' }).trim().split('\n');
  const ids = [edge, cloud].flatMap((namespace) =>
    docker('ps', '-q', '--filter', `label=io.kubernetes.pod.namespace=${namespace}`),
  );
  const label = (name: string) => `{{index .Config.Labels "io.kubernetes.${name}"}}`;
  return docker('inspect', '-f', `{{.State.Pid}} ${label('pod.name')} ${label('container.name')}`, ...ids)
    .map((line) => line.split(' '))
    .filter(([, , name]) => name !== 'POD')
    .map(([pid, pod = '', name = '']) => {
      const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8');
      const [user = 0, system = 0] = read('stat').replace(/.*\) /, '').split(' ').slice(11, 13).map(Number);
      return { pod, name, status: read('status'), cpu: (user + system) / 100 };
    });
}

test('faces cross two namespaces into the bucket, and killed pods lose none', {
  timeout: 20 * 60_000,
}, async (t) => {
  const { endpoint, env } = await s3Server();
  const bucket = await S3Bucket.create();
  t.after(() => bucket.close());
  const cluster = await startCluster();
  t.after(() => cluster.stop());
  const { host, kubectl } = cluster;
  const line = await startCable(Number(new URL(endpoint).port), host);
  t.after(() => line.close());
  const { sign, file } = certificates(t);
  sign('broker', `DNS:broker,IP:${host}`);
  const at = folder(t);
  const journal = new Journal();
  const watch = () => cluster.follow(edge, 'capture-0', journal.capture);

  const store = {
    FACEPIPE_STORE: `s3://${bucket.name}`,
    FACEPIPE_ENDPOINT: `http://${host}:${line.port}`,
    FACEPIPE_PATH_STYLE: 'true',
  };

  await secrets(cluster, file, env);
  await cluster.apply(
    volumes(at, [
      [cloud, 'data-broker-0'],
      [edge, 'data-broker-0'],
      [edge, 'spool-capture-0'],
    ]),
  );
  await cluster.apply(own(at, 'cloud/overlays/aws', tag, { sink: store }));
  await cluster.apply(
    own(at, 'edge/overlays/demo', tag, {
      // so that the test learns of each face that is accepted, and need not wait for repetitions
      camera: {
        FACEPIPE_LOG_LEVEL: 'debug',
        FACEPIPE_JSON: 'true',
        FACEPIPE_RECEIPT_TIMEOUT: '5s',
        FACEPIPE_SEND: 'every',
      },
      uplink: { FACEPIPE_TO: `mqtts://${host}:31884` },
    }),
  );
  const everything = async () => {
    await cluster.ready(cloud, 'statefulset/broker', 'statefulset/sink');
    await cluster.ready(
      edge,
      'statefulset/broker',
      'statefulset/capture',
      'deployment/log',
      'deployment/forward',
    );
  };
  await everything();
  const first = watch();

  /** Every face that is accepted by now is in the bucket. */
  const delivered = async (what: string) => {
    const wanted = [...journal.accepted.keys()];
    let missing = wanted;
    await until(
      () => `${what}: ${missing.length} of ${wanted.length} faces are in the bucket`,
      async () => {
        const ids = await bucket.ids();
        missing = wanted.filter((id) => !ids.has(id));
        return missing.length === 0;
      },
      300,
    );
  };
  const moreFaces = (count: number) => {
    const target = journal.accepted.size + count;
    return until(
      () => `${journal.accepted.size} of ${target} faces`,
      () => journal.accepted.size >= target,
      300,
    );
  };

  await t.test('they arrive', async () => {
    await moreFaces(60);
    await delivered('at first');
  });

  await t.test('no process is root, can become it, or holds a capability', () => {
    const running = processes();
    assert.deepEqual(running.map(({ name }) => name).sort(), [
      'capture',
      'forward',
      'log',
      'mosquitto',
      'mosquitto',
      'sink',
      'sink',
    ]);
    for (const { pod, status } of running) {
      assert.match(status, /^Uid:\t(?!0\t)/m, pod);
      assert.match(status, /^NoNewPrivs:\t1$/m, pod);
      assert.match(status, /^CapEff:\t0+$/m, pod);
      assert.match(status, /^CapBnd:\t0+$/m, pod);
      assert.match(status, /^Seccomp:\t2$/m, pod);
    }
  });

  await t.test('a pod has no token of the API server', async () => {
    const look = `require('fs').existsSync('/var/run/secrets/kubernetes.io')`;
    const seen = await kubectl('-n', cloud, 'exec', 'sink-0', '--', 'node', '-p', look);
    assert.equal(seen.trim(), 'false');
  });

  await t.test('the API server accepts every overlay', async () => {
    for (const overlay of overlays) {
      await cluster.apply(text(overlay), '--dry-run=server');
    }
  });

  for (const [namespace, pod] of [
    [cloud, 'sink-0'],
    [cloud, 'broker-0'],
    [edge, 'broker-0'],
  ] as const) {
    await t.test(`${pod} of ${namespace} is killed`, async () => {
      await moreFaces(20);
      await cluster.kill(namespace, pod);
      await moreFaces(20);
      await everything();
      await delivered(`after ${pod} of ${namespace} was killed`);
    });
  }

  await t.test('sinks are added and taken away', async () => {
    for (const replicas of [3, 1]) {
      await kubectl('-n', cloud, 'scale', 'statefulset/sink', `--replicas=${replicas}`);
      await moreFaces(20);
      await everything();
      await delivered(`with ${replicas} sinks`);
    }
  });

  await t.test('the autoscaler brings a sink back', async () => {
    await cluster.apply(own(at, 'cloud/overlays/elastic', tag, { sink: store }));
    const living = () =>
      kubectl('-n', cloud, 'get', 'statefulset/sink', '-o', 'jsonpath={.status.readyReplicas}');
    await until('there are two sinks', async () => (await living()) === '2', 300);
    await moreFaces(20);
    await delivered('with the autoscaler');
  });

  for (const { pod, status, cpu } of processes()) {
    const most = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]) / 1024;
    t.diagnostic(`${pod}: at most ${most.toFixed(0)} MiB, ${cpu.toFixed(1)} s of CPU`);
  }

  await t.test('the camera’s pod ends, and its successor goes on with the same spool', async () => {
    await kubectl('-n', edge, 'delete', 'pod', 'capture-0');
    await first.ended;
    await everything();
    const second = watch();
    await moreFaces(20);
    await kubectl('-n', edge, 'scale', 'statefulset/capture', '--replicas=0');
    await second.ended;
    await delivered('at the end');
  });

  const verdict = await audit(journal.accepted, journal.dropped, bucket.read());
  t.diagnostic(`${verdict.accepted} faces accepted, ${verdict.stored} in the bucket`);
  assert.deepEqual(
    { lost: verdict.lost, wrong: verdict.wrong, dropped: verdict.dropped },
    { lost: [], wrong: [], dropped: 0 },
  );
  assert.equal(verdict.stored, verdict.accepted);
  assert.ok(verdict.accepted >= 260);
});
