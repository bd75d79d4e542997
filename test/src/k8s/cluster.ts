import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { until } from '../support/until.js';

const script = fileURLToPath(new URL('../../lab/kube-cluster', import.meta.url));
const run = promisify(execFile);

/** A Kubernetes of one node, alone for this process. */
export interface Cluster {
  /** This machine's address, seen from pods; node ports are there too. */
  readonly host: string;
  kubectl(...args: string[]): Promise<string>;
  /** Manifests as text; with `--dry-run=server` they are only judged. */
  apply(manifests: string, ...flags: string[]): Promise<void>;
  /** Waits until everything of a namespace is up. */
  ready(namespace: string, ...workloads: string[]): Promise<void>;
  /** Kills a pod as `kill -9` does; resolves when another is there in its place. */
  kill(namespace: string, pod: string): Promise<void>;
  /** Hands over each line that a pod writes, from its first to its end. */
  follow(namespace: string, pod: string, line: (line: string) => void): { ended: Promise<unknown> };
  stop(): void;
}

/** What Kubernetes 1.20 knows by another version than 1.36; their fields are the same. */
const older = (manifests: string): string =>
  manifests
    .replace(/^apiVersion: policy\/v1$/gm, 'apiVersion: policy/v1beta1')
    .replace(/^apiVersion: autoscaling\/v2$/gm, 'apiVersion: autoscaling/v2beta2');

export async function startCluster(): Promise<Cluster> {
  process.on('exit', () => execFileSync(script, ['stop'], { stdio: 'ignore' }));
  const { stdout } = await run(script, ['start', '--while', String(process.pid)]);
  const exported = Object.fromEntries(
    [...stdout.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  const { KUBECTL: program = '', KUBE_HOST: host = '' } = exported;
  const env = { ...process.env, ...exported };
  const kubectl = async (...args: string[]): Promise<string> =>
    (await run(program, args, { env, maxBuffer: 2 ** 26 })).stdout;
  return {
    host,
    kubectl,
    apply: async (manifests, ...flags) => {
      const child = spawn(program, ['apply', '-f', '-', ...flags], {
        env,
        stdio: ['pipe', 'ignore', 'pipe'],
      });
      let complaint = '';
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        complaint += chunk;
      });
      child.stdin.end(older(manifests));
      const [code] = await once(child, 'close');
      if (code !== 0) throw new Error(`kubectl apply: ${complaint}`);
    },
    ready: async (namespace, ...workloads) => {
      for (const workload of workloads)
        await kubectl('-n', namespace, 'rollout', 'status', workload, '--timeout=300s');
    },
    kill: async (namespace, pod) => {
      const uid = ['-n', namespace, 'get', 'pod', pod, '-o', 'jsonpath={.metadata.uid}'];
      const before = await kubectl(...uid);
      // deleting alone would ask them to end first
      const label = `label=io.kubernetes.pod.uid=${before}`;
      const { stdout } = await run('docker', ['ps', '-q', '--no-trunc', '--filter', label]);
      await run('docker', ['kill', ...stdout.trim().split('\n')]);
      await kubectl('-n', namespace, 'delete', 'pod', pod, '--grace-period=0', '--force', '--wait=false');
      await until(
        `another ${pod} is there`,
        async () => (await kubectl(...uid).catch(() => before)) !== before,
      );
    },
    follow: (namespace, pod, line) => {
      const child = spawn(program, ['-n', namespace, 'logs', '-f', pod], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const reader = createInterface({ input: child.stdout }).on('line', line);
      return { ended: Promise.all([once(child, 'close'), once(reader, 'close')]) };
    },
    stop: () => execFileSync(script, ['stop'], { stdio: 'ignore' }),
  };
}
