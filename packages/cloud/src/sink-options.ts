import { expectMembers } from '@facepipe/wire';
import { cloudError } from './errors.js';
import type { SinkOptions } from './sink.js';

const members = {
  link: 'object',
  secret: 'bytes?',
  topic: 'text',
  deviceLevel: 'number?',
  group: 'text?',
  member: 'text?',
  store: 'object',
  key: 'text',
  concurrency: 'number',
  maxHeld: 'number?',
  deadLetter: 'text',
  quarantine: 'object?',
  onEvent: 'function?',
} as const;

/**
 * A caller without types may have left one out.
 * @throws FacepipeError FACEPIPE_E_ARGUMENT, FACEPIPE_E_SINK_CONCURRENCY
 */
export function checkSinkOptions(options: SinkOptions): void {
  expectMembers('options', options, members);
  const { concurrency } = options;
  if (Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 65_535) return;
  throw cloudError('FACEPIPE_E_SINK_CONCURRENCY', { concurrency });
}
