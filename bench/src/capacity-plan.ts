import { table } from './table.js';

/** What one face costs at each hop, and what each hop takes at most, as measured. */
export interface Figures {
  /** Bytes of a face as a message. */
  size: number;
  /** Seconds of one core a face. */
  cpu: { edgeBroker: number; forward: number; cloudBroker: number; sink: number };
}

/** Faces a second of one camera: when it is busy, and over a day and night. */
const peak = 2;
const mean = 0.2;
/** Cameras that share an edge broker and a forwarder. */
const perSite = 10;
/** How much of a core is planned with; the rest is for backlogs, which come on top after an outage. */
const share = 0.5;
/** PUT requests a second that AWS promises for each prefix of a bucket. */
const putsOfPrefix = 3500;

const round = (value: number) => Number(value.toPrecision(2)).toLocaleString('en');
const percent = (value: number) => `${(value * 100).toPrecision(2)} %`;

/** Faces a second that one of it carries on the share of a core that is planned with. */
export const capacityOf = (cpu: number): number => share / cpu;

/** What 10, 1,000 and 100,000 cameras need, in Markdown. */
export function plan({ size, cpu }: Figures): string {
  const rows: (string | number)[][] = [];
  const row = (what: string, tell: (cameras: number) => string | number) =>
    rows.push([what, ...[10, 1000, 100_000].map(tell)]);
  const faces = (cameras: number) => cameras * peak;
  const needed = (cameras: number, cost: number) => Math.ceil(faces(cameras) / capacityOf(cost));
  row('faces a second, peak', (cameras) => round(faces(cameras)));
  row('objects a day', (cameras) => round(cameras * mean * 86_400));
  row('GB a day', (cameras) => round((cameras * mean * 86_400 * size) / 1e9));
  row('Mbit/s into the cloud, peak', (cameras) => round((faces(cameras) * size * 8) / 1e6));
  row('sites, each with a broker and a forwarder', (cameras) => round(cameras / perSite));
  row('of a core at each site, for both', () => percent(perSite * peak * (cpu.edgeBroker + cpu.forward)));
  row('cores of brokers in the cloud', (cameras) => round(needed(cameras, cpu.cloudBroker)));
  row('sinks, a core each', (cameras) => round(needed(cameras, cpu.sink)));
  row(`prefixes of a bucket, at ${round(putsOfPrefix)} puts a second each`, (cameras) =>
    round(Math.ceil(faces(cameras) / putsOfPrefix)),
  );
  const broker = capacityOf(cpu.cloudBroker);
  const sink = capacityOf(cpu.sink);
  return `${table(['', '10 cameras', '1,000 cameras', '100,000 cameras'], rows)}

Assumed: ${peak} faces a second of a camera at its busiest, ${mean} over the day, ${perSite} cameras a site, and half of a core planned with, so that
a backlog has the other half. Then:

- **One sink** stores ${round(sink)} faces a second: enough for ${round(sink / peak)} cameras. Beyond that, a \`--group\`.
- **One mosquitto in the cloud**, which uses one core, carries ${round(broker)} faces a second with their receipts: enough for ${round(broker / peak)} cameras.
  Beyond that, several mosquittos with the sites shared out among them and a sink (or group) each, which needs nothing but other addresses, or one
  [clustered broker](alternatives.md#clustered-and-managed-brokers).
- **The edge** is never the bottleneck: what costs there is finding the faces ([speed](speed.md)).
- **The bucket** takes all of it where keys begin with \`{device}\`, as they do by default: prefixes are what S3 scales by, as load grows and not
  at once.`;
}
