import { readFileSync } from 'node:fs';
import {
  type Assumptions,
  type Costs,
  coresOf,
  costsAt,
  costsOf,
  needOf,
  type Part,
  type Point,
  parts,
  recoveryOf,
} from './fleet-model.js';
import { table } from './table.js';

// node dist/fleet-plan.js RUN.json STRETCH OTHER.json STRETCH: the plan for 10, 1,000 and 100,000 cameras, of what a
// run of the fleet with --format jpeg --also png --also webp --knee wrote with --json. JPEG beside PNG tells what bytes
// cost, the stretch named what a face costs where there is much to do; a stretch of another run checks the model.

interface Run {
  devices: number;
  rate: number;
  bytes: number;
  [stretch: string]: unknown;
}

interface Measured {
  seconds: number;
  accepted: number;
  receipted: number;
  cpu: Record<Part, number>;
}

const names: Record<Part, string> = {
  edge: 'mosquitto at the edge',
  forward: 'forward',
  cloud: 'mosquitto in the cloud',
  sink: 'sink',
  store: 'S3 server (radosgw)',
};

const assumed: Assumptions = {
  ...{ peak: 2, mean: 0.2, kilobytes: 0, perSite: 10, share: 0.5, cores: 4, days: 30 },
  ...{ put: 0.005, gigabyteMonth: 0.023 },
};

function pointOf(run: Run, stretch: string): Point {
  const { seconds, receipted, cpu } = run[stretch] as Measured;
  const cores = Object.fromEntries(parts.map((part) => [part, cpu[part] / seconds])) as Record<Part, number>;
  const bytes = run[`bytes of ${stretch}`] ?? run.bytes;
  return { devices: run.devices, rate: receipted / seconds, kilobytes: Number(bytes) / 1000, cores };
}

const round = (value: number) => Number(value.toPrecision(2)).toLocaleString('en');

function check(costs: Costs, point: Point): string {
  const rows = parts.map((part) => {
    const [told, seen] = [coresOf(costs[part], point), point.cores[part]];
    const off = ((told / seen - 1) * 100).toFixed(0);
    return [names[part], told.toFixed(3), seen.toFixed(3), `${told > seen ? '+' : ''}${off} %`];
  });
  return table(['cores', 'model', 'measured', 'model is off by'], rows);
}

function prices(costs: Costs): string {
  const rows = parts.map((part) => {
    const { base, device, face, kilobyte } = costs[part];
    return [
      names[part],
      `${(base * 100).toFixed(1)} %`,
      `${(device * 1e6).toFixed(0)} µs`,
      `${(face * 1e3).toFixed(2)} ms`,
      `${(kilobyte * 1e6).toFixed(0)} µs`,
    ];
  });
  return table(['', 'of a core, at rest', 'a second, each device', 'a face', 'and each kB of it'], rows);
}

function plan(costs: Costs, kilobytes: Record<'png' | 'jpeg', number>): string {
  const rows: (string | number)[][] = [];
  const row = (what: string, format: 'png' | 'jpeg', tell: (need: ReturnType<typeof needOf>) => string) =>
    rows.push([
      what,
      ...[10, 1000, 100_000].map((cameras) =>
        tell(needOf(costs, cameras, { ...assumed, kilobytes: kilobytes[format] })),
      ),
    ]);
  const both = (what: string, tell: (need: ReturnType<typeof needOf>) => string) => {
    for (const format of ['png', 'jpeg'] as const) row(`${what}, ${format}`, format, tell);
  };
  row('faces a second, peak', 'png', ({ rate }) => round(rate));
  row('objects a day', 'png', ({ objectsDay }) => round(objectsDay));
  both('GB a day', ({ gigabytesDay }) => round(gigabytesDay));
  both('Mbit/s into the cloud, peak', ({ megabits }) => round(megabits));
  row('sites, each with a broker and a forwarder', 'png', ({ sites }) => round(sites));
  both('of a core at each site', ({ site }) => `${(site * 100).toPrecision(2)} %`);
  both('brokers in the cloud', ({ brokers }) => round(brokers));
  both('sinks', ({ sinks }) => round(sinks));
  both('machines of 4 cores for these', ({ machines }) => round(machines));
  row('S3: PUT requests, $ a month', 'png', ({ puts }) => round(puts));
  both('S3: 30 days kept, $ a month', ({ storage }) => round(storage));
  both('minutes to catch up after an hour’s outage of everybody', ({ recovery }) => round(recovery * 60));
  return table(['', '10 cameras', '1,000 cameras', '100,000 cameras'], rows);
}

const [file, stretch, otherFile, otherStretch] = process.argv.slice(2);
if (!file || !stretch || !otherFile || !otherStretch)
  throw new Error('two files and a stretch of each are needed');
const open = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Run;
const [run, other] = [open(file), open(otherFile)];
const [jpeg, png] = [pointOf(run, `${run.rate}/s`), pointOf(run, `png ${run.rate}/s`)];
// the knee is found with the last of the other formats
const bytes = Number(run[`bytes of webp ${run.rate}/s`]) / 1000;
const costs = costsAt(costsOf(pointOf(run, 'nothing is found'), jpeg, png), {
  ...pointOf(run, stretch),
  kilobytes: bytes,
});
console.log(prices(costs));
const third = pointOf(other, otherStretch);
console.log(
  `\n${third.devices} devices, ${third.rate.toFixed(0)} faces a second of ${third.kilobytes.toFixed(1)} kB:\n`,
);
console.log(check(costs, third));
console.log(`\n${plan(costs, { jpeg: jpeg.kilobytes, png: png.kilobytes })}`);

const outage = run['all away'] as (Measured & { backlog: { begin: number; end: number } }) | undefined;
const back = run['all back at once'] as Measured | undefined;
if (outage && back) {
  const rate = back.accepted / back.seconds;
  const told = recoveryOf(outage.seconds, outage.accepted / outage.seconds, back.receipted / back.seconds);
  console.log(
    `\nThe outage: ${outage.seconds.toFixed(0)} s, ${rate.toFixed(0)} faces a second; back after ${back.seconds.toFixed(0)} s, by the model ${told.toFixed(0)} s.`,
  );
}
