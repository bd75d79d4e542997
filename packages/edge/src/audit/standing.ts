import type { Counts } from './device.js';

/** Where a fleet stands: the sums over its devices. */
export interface Standing extends Counts {
  devices: number;
  dead: number;
}

export function addUp(devices: Iterable<Counts & { dead: number }>): Standing {
  const standing = { devices: 0, seen: 0, stored: 0, outstanding: 0, missing: 0, dropped: 0, dead: 0 };
  for (const counts of devices) {
    standing.devices++;
    for (const count of ['seen', 'stored', 'outstanding', 'missing', 'dropped', 'dead'] as const)
      standing[count] += counts[count];
  }
  return standing;
}
