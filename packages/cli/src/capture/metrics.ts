import { Counter, Gauge, Registry } from 'prom-client';
import type { LastingSource } from '../source/lasting.js';
import type { Source } from '../source/source.js';
import type { Captor, CaptureTotals } from './captor.js';
import type { Latency } from './latency.js';
import type { Publisher } from './publisher.js';

const counters: Record<keyof CaptureTotals, string> = {
  frames: 'Frames in which faces were looked for',
  skipped: 'Frames that a newer one replaced while the detector was busy',
  corrupt: 'Frames that could not be decoded',
  captured: 'Faces found',
};

/** A file has none of what happens to a camera. */
export type WatchedSource = Source & Partial<LastingSource>;

const comings = {
  restarts: 'Times the source was opened again and gave frames',
  stalls: 'Times the source was silent for the stall timeout',
  stale: 'Frames dropped because they were older than the opening of the source',
  dropped: 'Frames that the camera’s driver lost, as nobody took them in time',
} as const satisfies Partial<Record<keyof WatchedSource, string>>;

/** The numbers of one capture for Prometheus, read when they are asked for. */
export function captureMetrics(
  source: WatchedSource,
  captor: Captor,
  publisher: Publisher,
  latency: Latency,
): Registry {
  const registry = new Registry();
  const registers = [registry];
  latency.register(registry);
  new Gauge({
    name: 'facepipe_source_up',
    help: '1 while the source gives frames, 0 while it is away',
    registers,
    collect() {
      this.set(source.away ? 0 : 1);
    },
  });
  for (const [name, help] of Object.entries(comings) as [keyof typeof comings, string][]) {
    new Counter({
      name: `facepipe_source_${name}_total`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(source[name] ?? 0);
      },
    });
  }
  for (const [name, help] of Object.entries(counters) as [keyof CaptureTotals, string][]) {
    new Counter({
      name: `facepipe_capture_${name}_total`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(captor.totals[name]);
      },
    });
  }
  new Counter({
    name: 'facepipe_capture_published_total',
    help: 'Faces that a broker acknowledged',
    labelNames: ['broker'],
    registers,
    collect() {
      this.reset();
      for (const [link, count] of publisher.published) this.inc({ broker: link.url }, count);
    },
  });
  new Counter({
    name: 'facepipe_capture_lost_total',
    help: 'Copies of faces given up',
    registers,
    collect() {
      this.reset();
      this.inc(publisher.lost);
    },
  });
  new Gauge({
    name: 'facepipe_capture_under_way',
    help: 'Faces not yet acknowledged by every broker',
    registers,
    collect() {
      this.set(publisher.size);
    },
  });
  return registry;
}
