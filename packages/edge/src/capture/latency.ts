import { systemClock } from '@facepipe/service';
import { lagOf } from '@facepipe/wire';
import { type Registry, Summary } from 'prom-client';

/** How long faces take from the camera's frame to the broker's acknowledgement; quantiles over the last minute. */
export class Latency {
  readonly #seconds = new Summary({
    name: 'facepipe_capture_latency_seconds',
    help: 'From the capture of a frame to the acknowledgement of its face by a broker, in the last minute',
    percentiles: [0.5, 0.95],
    maxAgeSeconds: 60,
    ageBuckets: 6,
    pruneAgedBuckets: true,
    registers: [],
  });

  /** Leaves out what was captured before the clock was set. */
  observe(captured: Date): void {
    const lag = lagOf(captured, systemClock.now());
    if (lag !== undefined) this.#seconds.observe(lag / 1000);
  }

  register(registry: Registry): void {
    registry.registerMetric(this.#seconds);
  }
}
