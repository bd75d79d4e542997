import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrokerProcess, startMosquitto } from '../support/brokers.js';
import { type Cable, startCable } from '../support/cable.js';
import { type S3Server, s3Server } from '../support/stores.js';
import { type ObjectStore, S3Bucket } from './bucket.js';
import { Folder } from './folder.js';
import { Journal } from './journal.js';
import { Service } from './service.js';
import { type StoreProxy, startStoreProxy } from './store-proxy.js';

export type Mode = 'acked' | 'stored';

export interface ChainOptions {
  mode: Mode;
  /** Two sinks as members of one group, which is the default, or one by itself. */
  sinks?: 'group' | 'single';
  /** Seconds until capture publishes once more what has no receipt. Default 5. */
  receiptTimeout?: number;
  /** A folder to store in, instead of the S3 server. */
  folder?: string;
  /** Where capture's spool and the edge broker's files are, instead of in the scenario's folder. */
  spool?: string;
  edgeFiles?: string;
  /** The broker in the cloud, instead of a mosquitto. */
  cloud?: Cloud;
  /** What capture sends. Default `every`: a face of every picture that it is shown. */
  send?: 'best' | 'every';
  /** More flags and environment for capture. */
  capture?: string[];
  captureEnv?: Record<string, string>;
}

/** Seconds; what a broker tells its clients, so that a dead line is noticed within the time a test has. */
export const keepalive = 10;

/** One that the access rules in `deploy` know. */
const device = 'door';

/** A part that can be killed, and what it takes to bring it back. */
export interface Part {
  readonly name: string;
  readonly pid: number | undefined;
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** A broker whose disk can be lost. */
export interface BrokerPart extends Part {
  /** To be called while it is dead. */
  wipe(): Promise<void>;
}

/** A broker in the cloud, and the flags by which a program gets to it. */
export interface Cloud {
  readonly part: BrokerPart;
  readonly forward: readonly string[];
  readonly sink: readonly string[];
}

/**
 * The whole way of a face, each part a process of its own: capture → edge → (cable) → forward → cloud → sinks → (proxy)
 * → store.
 */
export interface Chain {
  readonly options: ChainOptions;
  readonly journal: Journal;
  readonly store: ObjectStore;
  readonly capture: Service;
  readonly forward: Service;
  readonly sinks: readonly Service[];
  readonly edge: BrokerPart;
  readonly cloud: BrokerPart;
  readonly gateway: Part;
  readonly edgeUrl: string;
  /** The folder of capture's spool. */
  readonly spool: string;
  /** Between edge and cloud. */
  readonly uplink: Cable;
  readonly proxy: StoreProxy;
  /** All of them, for what strikes at random. */
  readonly parts: readonly Part[];
  /** Everything works again, but for what is meant never to come back. */
  heal(without?: readonly Part[]): Promise<void>;
  /** What each program said last, for a failure's report. */
  tail(): string[];
  close(): Promise<void>;
}

async function brokerPart(
  name: string,
  folder: string,
): Promise<BrokerPart & { url: string; port: number; stop(): Promise<void> }> {
  await mkdir(folder, { recursive: true });
  const broker: BrokerProcess = await startMosquitto({
    folder,
    persistence: true,
    config: [`max_keepalive ${keepalive}`, 'autosave_interval 1'],
  });
  return {
    name,
    url: broker.url,
    port: broker.port,
    get pid() {
      return broker.pid;
    },
    kill: () => broker.crash(),
    start: async () => {
      if (broker.pid === undefined) await broker.restart();
    },
    stop: () => broker.stop(),
    wipe: async () => {
      for (const file of await readdir(folder)) {
        if (file !== 'mosquitto.conf') await rm(join(folder, file), { force: true });
      }
    },
  };
}

function gatewayPart({ gateway }: S3Server): Part {
  let alive = true;
  return {
    name: 'S3 gateway',
    pid: undefined,
    kill: async () => {
      if (alive) await gateway('crash');
      alive = false;
    },
    start: async () => {
      if (!alive) await gateway('start');
      alive = true;
    },
  };
}

/** Starts everything, the source being whoever writes to capture's stdin. */
export async function startChain(options: ChainOptions): Promise<Chain> {
  const home = await mkdtemp(join(tmpdir(), 'facepipe-faults-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(home, { recursive: true, force: true })];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const server = await s3Server();
    const gateway = gatewayPart(server);
    const proxy = await startStoreProxy(server.endpoint);
    closing.push(() => proxy.close());
    const store = options.folder === undefined ? await S3Bucket.create() : new Folder(options.folder);
    closing.push(async () => {
      await gateway.start();
      await store.close();
    });
    const edge = await brokerPart('edge broker', options.edgeFiles ?? join(home, 'edge'));
    closing.push(() => edge.stop());
    const mosquitto = await brokerPart('cloud broker', join(home, 'cloud'));
    closing.push(() => mosquitto.stop());
    const uplink = await startCable(mosquitto.port);
    closing.push(() => uplink.close());
    const cloud = options.cloud ?? {
      part: mosquitto,
      forward: ['--to', `mqtt://127.0.0.1:${uplink.port}`],
      sink: ['--broker', mosquitto.url],
    };
    const journal = new Journal();
    const where =
      options.folder === undefined
        ? ['--store', `s3://${store.name}`, '--endpoint', proxy.endpoint]
        : ['--store', pathToFileURL(options.folder).href];
    const sink = (name: string, more: readonly string[]) =>
      new Service({
        name,
        args: () => ['sink', ...cloud.sink, ...where, '--port', '0', ...more],
        ready: /storing /,
        env: server.env,
        onLine: journal.sink,
      });
    const sinks =
      options.sinks === 'single'
        ? [sink('sink', [])]
        : ['a', 'b'].map((member) => sink(`sink ${member}`, ['--group', 'faults', '--member', member]));
    const forward = new Service({
      name: 'forward',
      args: () => ['forward', '--from', edge.url, ...cloud.forward],
      ready: /carrying /,
    });
    const spool = options.spool ?? join(home, 'spool');
    const delivery = ['--until', options.mode, '--spool', spool];
    const waiting = options.mode === 'stored' ? ['--receipt-timeout', `${options.receiptTimeout ?? 5}s`] : [];
    const image = ['--format', 'jpeg', '--quality', '80', '--min-size', '30', '--max-size', '100'];
    const capture = new Service({
      name: 'capture',
      args: () => [
        ...[
          'capture',
          '--source',
          '-',
          '--send',
          options.send ?? 'every',
          '--name',
          device,
          '--broker',
          edge.url,
          '--port',
          '0',
        ],
        ...[...delivery, ...waiting, ...image, ...(options.capture ?? [])],
      ],
      ready: /looking for faces/,
      input: 'open',
      ...(options.captureEnv && { env: options.captureEnv }),
      onLine: journal.capture,
    });
    const services = [...sinks, forward, capture];
    for (const service of services) closing.push(() => service.kill());
    const parts = [
      capture,
      edge,
      forward,
      cloud.part,
      ...sinks,
      ...(options.folder === undefined ? [gateway] : []),
    ];
    return {
      ...{
        options,
        journal,
        store,
        capture,
        forward,
        sinks,
        edge,
        edgeUrl: edge.url,
        spool,
        cloud: cloud.part,
        gateway,
        uplink,
        proxy,
        parts,
        close,
      },
      heal: async (without = []) => {
        uplink.slow({});
        uplink.cut();
        proxy.set('pass');
        const all = [gateway, edge, cloud.part, ...services].filter((part) => !without.includes(part));
        await Promise.all(all.map((part) => part.start()));
      },
      tail: () =>
        services.flatMap((service) => [
          ...service.ends.slice(-2),
          ...service.tail.map((line) => `${service.name}: ${line}`),
        ]),
    };
  } catch (error) {
    await close();
    throw error;
  }
}
