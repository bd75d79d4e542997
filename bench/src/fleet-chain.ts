import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type BrokerProcess,
  freePort,
  type OpenStore,
  s3Server,
  startMosquitto,
  stores,
} from '@facepipe/test';
import { connect, type Link } from '@facepipe/wire';
import { facepipe, type Running } from './capacity-program.js';
import { usageOf } from './usage.js';

/** Whose processor and memory are measured. `store` is the S3 server: its gateway, its disk in memory, its monitor. */
export const hops = ['edge', 'forward', 'cloud', 'sink', 'store'] as const;
export type Hop = (typeof hops)[number];

/** What the hops have used and counted since they were started. */
export interface Reading {
  /** Seconds of processor. */
  cpu: Record<Hop, number>;
  /** Bytes resident now. */
  resident: Record<Hop, number>;
  /** Faces that were passed on, or stored; receipts that were carried back. */
  forwarded: number;
  stored: number;
  duplicates: number;
  deadLetters: number;
  /** Of each broker, as it says itself: a second old at most. */
  edge: BrokerReading;
  cloud: BrokerReading;
}

interface BrokerReading {
  dropped: number;
  received: number;
  sent: number;
}

/** Edge broker → forward → cloud broker → sink → S3, each a process of its own, brokers with the limits as shipped. */
export interface Chain {
  readonly port: number;
  read(): Promise<Reading>;
  pidsOf(hop: Hop): readonly number[];
  keys(): Promise<string[]>;
  close(): Promise<void>;
}

/** Of a shipped broker's configuration, what bounds it; listeners and passwords are of its place. */
function limitsOf(path: string): string[] {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const bounds = /^(max_(packet_size|inflight_bytes|queued_bytes|queued_messages)|autosave_interval) /;
  const lines = readFileSync(file, 'utf8').split('\n');
  // what it says of itself, each second instead of each ten
  return [...lines.filter((line) => bounds.test(line)), 'sys_interval 1'];
}

/** The processes of the S3 server at this port: those whose configuration is in its folder. */
function storePids(port: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => isOfStore(pid, port)).map(Number);
}

function isOfStore(pid: string, port: string): boolean {
  try {
    if (!/^(radosgw|ceph-osd|ceph-mon)\n$/.test(readFileSync(`/proc/${pid}/comm`, 'utf8'))) return false;
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`/s3-${port}/`);
  } catch {
    // it has ended meanwhile
    return false;
  }
}

async function metricsOf(port: number): Promise<(name: string) => number> {
  // a connection that is kept may be closed just as it is asked again
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { connection: 'close' } });
  const text = await answer.text();
  return (name) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );
}

class Witness {
  readonly reading: BrokerReading = { dropped: 0, received: 0, sent: 0 };
  readonly #link: Link;

  private constructor(link: Link) {
    this.#link = link;
  }

  static async of({ url }: BrokerProcess): Promise<Witness> {
    const witness = new Witness(await connect({ url }));
    const topics = {
      dropped: 'publish/messages/dropped',
      received: 'bytes/received',
      sent: 'bytes/sent',
    } as const;
    for (const [name, topic] of Object.entries(topics) as [keyof BrokerReading, string][])
      await witness.#link.subscribe(`$SYS/broker/${topic}`, async ({ payload }) => {
        witness.reading[name] = Number(payload.toString());
      });
    return witness;
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}

async function startPrograms(edge: BrokerProcess, cloud: BrokerProcess, store: OpenStore, more: string[]) {
  const ports = { forward: await freePort(), sink: await freePort() };
  const where = ['--store', store.url, ...store.flags, '--path-style', '--client-id', 'fleet-sink'];
  const listening = ['--port', String(ports.sink)];
  const sink = await facepipe(
    'sink',
    /health and metrics/,
    ['--broker', cloud.url, ...where, ...listening, ...more],
    store.env,
  );
  const route = ['--from', edge.url, '--to', cloud.url, '--client-id', 'fleet-forward'];
  const forward = await facepipe('forward', /carrying/, [...route, '--port', String(ports.forward)]);
  return { ports, sink, forward };
}

/** @param more flags of the sink */
export async function openChain(more: string[] = []): Promise<Chain> {
  const { endpoint } = await s3Server();
  const store = await stores.find(({ name }) => name === 'S3')?.open();
  if (!store) throw new Error('there is no S3 store to measure with');
  const edge = await startMosquitto({ persistence: true, config: limitsOf('deploy/edge/mosquitto.conf') });
  const cloud = await startMosquitto({
    persistence: true,
    config: limitsOf('packages/cloud/mosquitto.conf'),
  });
  const { ports, sink, forward } = await startPrograms(edge, cloud, store, more);
  const [edgeWitness, cloudWitness] = [await Witness.of(edge), await Witness.of(cloud)];
  const programs: Record<Exclude<Hop, 'store'>, BrokerProcess | Running> = { edge, forward, cloud, sink };
  const ofStore = storePids(new URL(endpoint).port);
  const pidsOf = (hop: Hop): readonly number[] => (hop === 'store' ? ofStore : [programs[hop].pid ?? 0]);
  const perHop = (use: (pid: number) => number): Record<Hop, number> => {
    const sums = hops.map((hop) => [hop, pidsOf(hop).reduce((sum, pid) => sum + use(pid), 0)]);
    return Object.fromEntries(sums);
  };
  return {
    port: edge.port,
    pidsOf,
    read: async () => {
      const [ofForward, ofSink] = [await metricsOf(ports.forward), await metricsOf(ports.sink)];
      return {
        cpu: perHop((pid) => usageOf(pid).cpu),
        resident: perHop((pid) => usageOf(pid).resident),
        forwarded: ofForward('facepipe_forward_forwarded_total'),
        stored: ofSink('facepipe_sink_stored_total'),
        duplicates: ofSink('facepipe_sink_duplicates_total'),
        deadLetters:
          ofForward('facepipe_forward_dead_letters_total') + ofSink('facepipe_sink_dead_letters_total'),
        edge: { ...edgeWitness.reading },
        cloud: { ...cloudWitness.reading },
      };
    },
    keys: () => store.keys(),
    close: async () => {
      for (const witness of [edgeWitness, cloudWitness]) await witness.close();
      for (const program of [forward, sink]) await program.stop();
      await store.close();
      for (const broker of [edge, cloud]) await broker.stop();
    },
  };
}
