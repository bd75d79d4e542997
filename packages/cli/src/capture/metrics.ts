import { Counter, Gauge, Registry } from 'prom-client';
import type { Captor, CaptureTotals } from './captor.js';
import type { Publisher } from './publisher.js';

const counters: Record<keyof CaptureTotals, string> = {
  frames: 'Frames in which faces were looked for',
  skipped: 'Frames that a newer one replaced while the detector was busy',
  corrupt: 'Frames that could not be decoded',
  captured: 'Faces found',
};

/** The numbers of one capture for Prometheus, read when they are asked for. */
export function captureMetrics(captor: Captor, publisher: Publisher): Registry {
  const registry = new Registry();
  const registers = [registry];
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
