import type { SourceOptions } from './source.js';

/** Says in one line which of the given options mean nothing to a source. */
export function warnUnused(
  options: SourceOptions,
  name: string,
  unused: readonly ('width' | 'height' | 'fps' | 'realtime')[],
): void {
  const given = unused.filter((option) => options[option] !== undefined);
  if (given.length > 0)
    options.onWarning?.(`${given.join(', ')} does not apply to ${name}: its pictures are taken as they are`);
}
