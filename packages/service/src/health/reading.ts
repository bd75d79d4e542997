import { Counter, Gauge, type Registry } from 'prom-client';
import { expectArgument, expectMembers } from '../argument.js';

/** A number that a program keeps anyway, read when the metrics are asked for. */
export interface Reading {
  /** After `facepipe_`; one that ends in `_total` is a counter. */
  name: string;
  help: string;
  read: () => number;
}

export function registerReading(registry: Registry, reading: Reading): void {
  expectArgument('registry', registry, 'object');
  expectMembers('reading', reading, { name: 'text', help: 'text', read: 'function' });
  const { name, help, read } = reading;
  const metric = { name: `facepipe_${name}`, help, registers: [registry] };
  if (name.endsWith('_total'))
    new Counter({
      ...metric,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  else
    new Gauge({
      ...metric,
      collect() {
        this.set(read());
      },
    });
}
