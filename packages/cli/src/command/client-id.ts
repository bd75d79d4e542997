import { createHash } from 'node:crypto';
import { hostname } from 'node:os';

/** The same for the same work on the same machine: a broker keeps this program's queue under it. */
export function stableId(role: string, ...work: string[]): string {
  const digest = createHash('sha256')
    .update([hostname(), ...work].join('\0'))
    .digest('hex');
  return `facepipe-${role}-${digest.slice(0, 16)}`;
}
