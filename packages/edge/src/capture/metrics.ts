import { systemClock } from '@facepipe/service';
import { registerReading } from '@facepipe/service/health';
import { Counter, Gauge, Registry } from 'prom-client';
import type { Losses } from '../publish/losses.js';
import type { Publisher } from '../publish/publisher.js';
import type { PublisherTotals } from '../publish/publisher-event.js';
import type { LastingSource } from '../source/lasting.js';
import type { Source } from '../source/source.js';
import type { Spool } from '../spool/spool.js';
import type { FaceCapture } from './face-capture.js';
import type { CaptureTotals } from './face-capture-options.js';
import type { DetectionCounts, FaceDetector } from './face-detector.js';
import type { Latency } from './latency.js';

const counters: Record<keyof CaptureTotals, string> = {
  frames: 'Frames that were looked at',
  still: 'Of these, frames in which nothing moved, so that faces were not looked for',
  skipped: 'Frames that a newer one replaced while the detector was busy',
  corrupt: 'Frames that could not be decoded',
  visits: 'Visits that began',
  static: 'Visits that never moved nor changed, as pictures on a wall do',
  poor: 'Visits that ended without a picture, as none was good enough',
  captured: 'Pictures kept in the spool: faces, and their contexts',
  contexts: 'Of these, contexts: whole frames that faces were in',
  refused: 'Faces found that could not be kept',
  reduced: 'Faces made smaller to fit into a message',
};

/** Each with what makes its unit of what is counted. */
const detections: Record<keyof DetectionCounts, readonly [name: string, help: string, factor: number]> = {
  candidates: ['candidates', 'Places that the cascades took for faces', 1],
  confirmed: ['confirmed', 'Candidates that the verifier took for faces too', 1],
  rejected: ['rejected', 'Candidates that the verifier did not', 1],
  searching: ['search_seconds', 'Time spent looking for candidates', 0.001],
  verifying: ['verify_seconds', 'Time the verifier spent on candidates', 0.001],
};

/** What earlier runs had captured is in `published`; a counter of each run starts anew. */
type Deliveries = Exclude<keyof PublisherTotals, 'earlier'>;

const deliveries: Record<Deliveries, string> = {
  published: 'Faces that a broker acknowledged',
  republished: 'Faces published once more, since their receipts were late',
  unrouted: 'Publishes that nobody subscribed to; the faces are kept',
  stored: 'Faces whose receipts came: they are in the store',
  dead: 'Faces that became dead letters, by their receipts',
};

/** A file has none of what happens to a camera. */
export type WatchedSource = Source & Partial<LastingSource>;

const comings = {
  restarts: 'Times the source was opened again and gave frames',
  stalls: 'Times the source was silent for the stall timeout',
  stale: 'Frames dropped because they were older than the opening of the source',
  dropped: 'Frames that the camera’s driver lost, as nobody took them in time',
} as const satisfies Partial<Record<keyof WatchedSource, string>>;

export interface Measured {
  source: WatchedSource;
  detector: FaceDetector;
  faceCapture: FaceCapture;
  spool: Spool;
  publishers: readonly Publisher[];
  losses: Losses;
  latency: Latency;
}

/** The numbers of one capture for Prometheus, read when they are asked for. */
export function captureMetrics({
  source,
  detector,
  faceCapture,
  spool,
  publishers,
  losses,
  latency,
}: Measured): Registry {
  const registry = new Registry();
  const registers = [registry];
  latency.register(registry);
  const reading = (name: string, help: string, read: () => number) =>
    registerReading(registry, { name, help, read });
  const byBroker = (name: string, help: string, read: (publisher: Publisher) => number) =>
    new Gauge({
      name: `facepipe_${name}`,
      help,
      labelNames: ['broker'],
      registers,
      collect() {
        for (const publisher of publishers) this.set({ broker: publisher.broker }, read(publisher));
      },
    });

  reading('source_up', '1 while the source gives frames, 0 while it is offline', () => (source.away ? 0 : 1));
  for (const [name, help] of Object.entries(comings) as [keyof typeof comings, string][])
    reading(`source_${name}_total`, help, () => source[name] ?? 0);
  for (const [name, help] of Object.entries(counters) as [keyof CaptureTotals, string][])
    reading(`capture_${name}_total`, help, () => faceCapture.totals[name]);
  for (const [count, [name, help, factor]] of Object.entries(detections) as [
    keyof DetectionCounts,
    (typeof detections)[keyof DetectionCounts],
  ][])
    reading(`capture_${name}_total`, help, () => (detector.counts?.[count] ?? 0) * factor);
  reading('capture_visits_active', 'Visits now', () => faceCapture.active);
  reading('capture_held_bytes', 'Bytes of pictures that wait to be chosen', () => faceCapture.heldBytes);
  for (const [name, help] of Object.entries(deliveries) as [Deliveries, string][]) {
    new Counter({
      name: `facepipe_capture_${name}_total`,
      help,
      labelNames: ['broker'],
      registers,
      collect() {
        this.reset();
        for (const { broker, totals } of publishers) this.inc({ broker }, totals[name]);
      },
    });
  }
  new Counter({
    name: 'facepipe_capture_visit_events_missed_total',
    help: 'Events of visits that a broker did not get, as it was offline',
    labelNames: ['broker'],
    registers,
    collect() {
      this.reset();
      for (const { broker, visitsMissed } of publishers) this.inc({ broker }, visitsMissed);
    },
  });
  new Counter({
    name: 'facepipe_capture_dropped_total',
    help: 'Copies of faces discarded, by broker and reason',
    labelNames: ['broker', 'reason'],
    registers,
    collect() {
      this.reset();
      for (const { broker, reason, faces } of losses.counts) this.inc({ broker, reason }, faces);
    },
  });
  byBroker(
    'capture_under_way',
    'Faces that wait for the broker’s acknowledgement',
    ({ inflight }) => inflight,
  );
  byBroker(
    'capture_unreceipted',
    'Faces the broker has, and no receipt came of',
    ({ awaitingReceipt }) => awaitingReceipt,
  );
  byBroker('spool_owed_faces', 'Faces in the spool that the broker is owed', ({ owed }) => owed.faces);
  byBroker('spool_owed_bytes', 'Bytes in the spool that the broker is owed', ({ owed }) => owed.bytes);
  reading('spool_faces', 'Faces in the spool', () => spool.stats().faces);
  reading('spool_bytes', 'Bytes in the spool', () => spool.stats().bytes);
  reading(
    'spool_missing_faces',
    'Faces that were gone when the spool was opened',
    () => spool.stats().missing,
  );
  reading('spool_oldest_seconds', 'Age of the oldest face in the spool; 0 when it is empty', () => {
    const { oldest } = spool.stats();
    return oldest ? Math.max(0, (systemClock.now() - oldest.getTime()) / 1000) : 0;
  });
  return registry;
}
