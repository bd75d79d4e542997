import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BrokerPart, Cloud } from '../faults/chain.js';
import { until } from '../support/until.js';

export type Kind = 'nats' | 'rabbitmq';

const script = fileURLToPath(new URL('../../lab/broker-cluster', import.meta.url));
const execute = promisify(execFile);

/** One of three, by what can happen to it. */
export interface Node extends BrokerPart {
  readonly address: string;
  /** As when its machine is restarted. */
  term(): Promise<void>;
  /** It sees no other node; `clients` no longer see it either. */
  part(clients?: 'clients'): Promise<void>;
  heal(): Promise<void>;
}

/** Three brokers that are one, with the files of `deploy` as they stand. */
export interface Cluster {
  readonly kind: Kind;
  readonly nodes: readonly Node[];
  readonly ca: string;
  readonly passwords: Readonly<Record<User, string>>;
  readonly cloud: Cloud;
  /** Every node runs, and sees the others. */
  heal(): Promise<void>;
  stop(): void;
}

export type User = 'sink' | 'site1';

/** Starts it; it ends with this process, however that ends. */
export async function startCluster(kind: Kind): Promise<Cluster> {
  const lab = mkdtempSync(join(tmpdir(), 'facepipe-cluster-'));
  const env = { ...process.env, FACEPIPE_LAB: lab };
  const stop = () => {
    spawnSync(script, ['stop'], { env });
    rmSync(lab, { recursive: true, force: true });
  };
  process.once('exit', stop);
  const ask = async (...args: string[]) => (await execute(script, args, { env })).stdout;
  const told = await ask('start', kind, '--while', String(process.pid));
  const value = (name: string) => new RegExp(`^export ${name}='?([^'\n]*)`, 'm').exec(told)?.[1] ?? '';
  const addresses = value('CLUSTER_HOSTS').split(' ');
  const port = value('CLUSTER_PORT');
  const passwords = { sink: value('SINK_PASSWORD'), site1: value('SITE1_PASSWORD') };
  const ca = value('CLUSTER_CA');
  const nodes = addresses.map((address, index): Node => {
    const n = String(index + 1);
    const command = async (name: string, ...more: string[]) => {
      await ask(name, n, ...more);
    };
    return {
      ...{ name: `broker${n}`, address, pid: undefined },
      kill: () => command('kill'),
      wipe: () => command('lose-disk'),
      start: () => command('up'),
      term: () => command('term'),
      part: (clients) => command('part', ...(clients ? [clients] : [])),
      heal: () => command('heal'),
    };
  });
  const heal = async () => {
    for (const node of nodes) await node.heal();
    await Promise.all(nodes.map((node) => node.start()));
    for (const [index, { name }] of nodes.entries()) {
      await until(`${name} serves`, () => spawnSync(script, ['ready', `${index + 1}`], { env }).status === 0);
    }
  };
  const each = (does: (node: Node) => Promise<void>) => async () => {
    await Promise.all(nodes.map(does));
  };
  /** Beginning with that node: clients try them in their order. */
  const login = (user: User, first: number, [broker, prefix]: [string, string]) => {
    const file = join(lab, user);
    writeFileSync(file, `${passwords[user]}\n`);
    const hosts = [...addresses.slice(first), ...addresses.slice(0, first)].map((host) => `${host}:${port}`);
    const flags = { username: user, 'password-file': file, ca };
    return [
      ...[broker, `mqtts://${hosts.join(',')}`],
      ...Object.entries(flags).flatMap(([name, text]) => [`--${prefix}${name}`, text]),
    ];
  };
  return {
    ...{ kind, nodes, ca, passwords, heal, stop },
    cloud: {
      part: {
        ...{ name: `the cluster of ${kind}`, pid: undefined },
        kill: each((node) => node.kill()),
        wipe: each((node) => node.wipe()),
        start: heal,
      },
      forward: login('site1', 0, ['--to', 'to-']),
      sink: login('sink', 1, ['--broker', '']),
    },
  };
}
