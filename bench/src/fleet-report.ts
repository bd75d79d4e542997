import { type Hop, hops } from './fleet-chain.js';
import type { Stretch } from './fleet-watch.js';
import { table } from './table.js';

const names: Record<Hop | 'load', string> = {
  load: 'all devices: spool, publisher (one process)',
  edge: 'mosquitto at the edge',
  forward: 'forward',
  cloud: 'mosquitto in the cloud',
  sink: 'sink',
  store: 'S3 server (radosgw, memory)',
};
export const all = ['load', ...hops] as const;

const rate = (count: number, { seconds }: Stretch) => (count / seconds).toFixed(1);
const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`;

/** What a stretch cost at each hop. */
export function costs(stretch: Stretch): string {
  const passed: Record<Hop | 'load', number> = {
    load: stretch.accepted,
    edge: stretch.published,
    forward: stretch.forwarded,
    cloud: stretch.forwarded,
    sink: stretch.stored,
    store: stretch.stored,
  };
  const rows = all.map((hop) => [
    names[hop],
    rate(passed[hop], stretch),
    `${((stretch.cpu[hop] / Math.max(1, passed[hop])) * 1e3).toFixed(2)} ms`,
    `${((stretch.cpu[hop] / stretch.seconds) * 100).toFixed(0)} %`,
    megabytes(stretch.peak[hop]),
  ]);
  return table(['', 'faces/s', 'processor a face', 'of a core', 'peak memory'], rows);
}

/** How evenly devices were served: 1 all the same, 1/n one alone (Jain, 1984). */
export function jain(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value * value, 0);
  return squares === 0 ? 1 : (sum * sum) / (values.length * squares);
}

/** One line of what happened. */
export function told(what: string, stretch: Stretch): (string | number)[] {
  const { accepted, receipted, republished, backlog, dropped, cpu, seconds, peak } = stretch;
  const busy = Object.values(cpu).reduce((sum, value) => sum + value, 0) / seconds;
  return [
    what,
    rate(accepted, stretch),
    rate(receipted, stretch),
    `${backlog.begin} → ${backlog.middle} → ${backlog.end}`,
    republished,
    dropped.edge + dropped.cloud,
    busy.toFixed(2),
    `${megabytes(peak.edge)} · ${megabytes(peak.forward)} · ${megabytes(peak.cloud)} · ${megabytes(peak.sink)}`,
  ];
}

export const toldHead = [
  '',
  'found/s',
  'receipted/s',
  'backlog',
  'sent again',
  'dropped by brokers',
  'cores',
  'peak memory: edge · forward · cloud · sink',
];
