import { setTimeout as sleep } from 'node:timers/promises';
import { type Chain, type Hop, hops, type Reading } from './fleet-chain.js';
import type { FleetLoad } from './fleet-load.js';

/** What happened in a stretch of time: differences of two readings, and peaks between them. */
export interface Stretch {
  seconds: number;
  /** Faces: accepted by spools, published by devices (repetitions too), passed on, stored, with their receipt back. */
  accepted: number;
  published: number;
  republished: number;
  forwarded: number;
  stored: number;
  receipted: number;
  /** Seconds of processor; `load` is this process, all devices. */
  cpu: Record<Hop | 'load', number>;
  /** The most bytes resident that were seen. */
  peak: Record<Hop | 'load', number>;
  /** Messages that brokers discarded in silence. */
  dropped: { edge: number; cloud: number };
  /** Bytes: into the edge's broker, out of it, into the cloud's. */
  bytes: { intoEdge: number; outOfEdge: number; intoCloud: number };
  /** Faces without receipt: when it began, in its middle, when it ended. */
  backlog: { begin: number; middle: number; end: number };
  /** Of each device, faces whose receipts came. */
  ofEach: number[];
}

interface Moment {
  at: number;
  reading: Reading;
  load: { cpu: number; accepted: number; published: number; republished: number; receipted: number };
  ofEach: number[];
}

async function moment(chain: Chain, load: FleetLoad): Promise<Moment> {
  // it may take long on a busy machine: all the rest is of the moment it is there
  const reading = await chain.read();
  const { user, system } = process.cpuUsage();
  return {
    at: performance.now() / 1000,
    reading,
    load: {
      cpu: (user + system) / 1e6,
      accepted: load.accepted.size,
      published: load.published,
      republished: load.republished,
      receipted: load.stored,
    },
    ofEach: load.storedOfEach,
  };
}

/** Watches until `done` is so many seconds away, or holds. */
export async function watch(
  chain: Chain,
  load: FleetLoad,
  done: number | (() => boolean),
  longest = 600,
): Promise<Stretch> {
  const begin = await moment(chain, load);
  const seconds = typeof done === 'number' ? done : longest;
  const peak = { ...begin.reading.resident, load: process.memoryUsage.rss() };
  let middle: number | undefined;
  const passed = () => performance.now() / 1000 - begin.at;
  while (passed() < seconds && !(typeof done === 'function' && done())) {
    await sleep(typeof done === 'function' ? 100 : Math.min(500, Math.max(1, (seconds - passed()) * 1000)));
    const { resident } = await chain.read();
    for (const hop of hops) peak[hop] = Math.max(peak[hop], resident[hop]);
    peak.load = Math.max(peak.load, process.memoryUsage.rss());
    if (passed() > seconds / 2) middle ??= load.backlog;
  }
  const end = await moment(chain, load);
  const cpu = hops.map((hop) => [hop, end.reading.cpu[hop] - begin.reading.cpu[hop]]);
  return {
    seconds: end.at - begin.at,
    accepted: end.load.accepted - begin.load.accepted,
    published: end.load.published - begin.load.published,
    republished: end.load.republished - begin.load.republished,
    forwarded: end.reading.forwarded - begin.reading.forwarded,
    stored: end.reading.stored - begin.reading.stored,
    receipted: end.load.receipted - begin.load.receipted,
    cpu: { ...Object.fromEntries(cpu), load: end.load.cpu - begin.load.cpu },
    peak,
    dropped: {
      edge: end.reading.edge.dropped - begin.reading.edge.dropped,
      cloud: end.reading.cloud.dropped - begin.reading.cloud.dropped,
    },
    bytes: {
      intoEdge: end.reading.edge.received - begin.reading.edge.received,
      outOfEdge: end.reading.edge.sent - begin.reading.edge.sent,
      intoCloud: end.reading.cloud.received - begin.reading.cloud.received,
    },
    backlog: {
      begin: begin.load.accepted - begin.load.receipted,
      middle: middle ?? load.backlog,
      end: end.load.accepted - end.load.receipted,
    },
    ofEach: end.ofEach.map((stored, n) => stored - (begin.ofEach[n] ?? 0)),
  };
}
