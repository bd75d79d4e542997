import type { SpoolOptions } from './spool.js';
import { spoolError } from './spool-error.js';

type Checked = 'brokers' | 'maxBytes' | 'ttl' | 'full';

const isAmount = (value: unknown): boolean => typeof value === 'number' && value >= 0;

const rules: Record<Checked, readonly [expected: string, fits: (value: unknown) => boolean]> = {
  brokers: [
    'names of brokers',
    (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
  ],
  maxBytes: ['a number of bytes', isAmount],
  ttl: ['a number of milliseconds', isAmount],
  full: ['drop-oldest or stop', (value) => value === 'drop-oldest' || value === 'stop'],
};

/** A caller without types may have left one out. @throws FACEPIPE_E_SPOOL_OPTION */
export function checkOptions(folder: unknown, options: Partial<SpoolOptions> | null = {}): void {
  if (typeof folder !== 'string' || folder === '') throw refusal('a folder', 'the spool', folder);
  if (options === null || typeof options !== 'object') throw refusal('an object', 'options', options);
  for (const [option, [expected, fits]] of Object.entries(rules) as [Checked, (typeof rules)[Checked]][])
    if (!fits(options[option])) throw refusal(expected, option, options[option]);
}

const refusal = (expected: string, option: string, value: unknown) =>
  spoolError('FACEPIPE_E_SPOOL_OPTION', { expected, option, value: JSON.stringify(value) ?? String(value) });
