import { serveHealth } from '@facepipe/cloud';
import { Counter, Gauge, Registry } from 'prom-client';
import type { Session } from './session.js';

/** A number of a command, read when it is asked for. */
export interface Reading {
  /** After `facepipe_`; one that ends in `_total` is a counter. */
  name: string;
  help: string;
  read: () => number;
}

function registryOf(readings: readonly Reading[]): Registry {
  const registry = new Registry();
  const registers = [registry];
  for (const { name, help, read } of readings) {
    if (name.endsWith('_total'))
      new Counter({
        name: `facepipe_${name}`,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    else
      new Gauge({
        name: `facepipe_${name}`,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
  }
  return registry;
}

/**
 * Serves health and these numbers where `--port` asks for it; else there is nothing to close.
 * @throws FacepipeError `FACEPIPE_E_HEALTH_PORT`, exit 2
 */
export async function serveReadings(
  port: number | undefined,
  readings: readonly Reading[],
  ready: () => string | undefined,
  log: Session['log'],
): Promise<{ close(): Promise<void> }> {
  if (port === undefined) return { close: async () => {} };
  const registry = registryOf(readings);
  const health = await serveHealth({
    port,
    ready,
    metrics: () => registry.metrics(),
    contentType: registry.contentType,
  });
  log.info(`health and metrics on port ${health.port}`);
  return health;
}
