import { type Reading, registerReading, serveHealth } from '@facepipe/service/health';
import { Registry } from 'prom-client';
import type { Session } from './session.js';

export interface Served {
  host: string;
  /** Undefined: nothing is served. */
  port: number | undefined;
  readings: readonly Reading[];
  /** Why the command is not ready; undefined when it is. */
  ready: () => string | undefined;
  /** What else there is to say while it is. */
  remarks?: () => readonly string[];
  log: Session['log'];
}

/**
 * Serves health and these numbers while the work lasts.
 * @throws FacepipeError `FACEPIPE_E_HEALTH_PORT`, exit 2
 */
export async function whileServing(
  { host, port, readings, ready, remarks, log }: Served,
  work: () => Promise<void>,
): Promise<void> {
  if (port === undefined) return work();
  const registry = new Registry();
  for (const reading of readings) registerReading(registry, reading);
  const health = await serveHealth({
    host,
    port,
    ready,
    ...(remarks && { remarks }),
    metrics: registry,
  });
  log.info(`health and metrics on port ${health.port} of ${host}`);
  try {
    await work();
  } finally {
    await health.close();
  }
}
