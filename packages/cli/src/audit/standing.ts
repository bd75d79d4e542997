import type { DeviceReport } from './device.js';

/** Where a fleet stands: the sums over its devices. */
export interface Standing {
  devices: number;
  seen: number;
  stored: number;
  outstanding: number;
  missing: number;
  dropped: number;
  dead: number;
}

/** How many dead letters a device has, whatever the reason. */
export const deadOf = ({ dead }: Pick<DeviceReport, 'dead'>): number =>
  Object.values(dead).reduce((sum, count) => sum + count, 0);

/** Takes one report after the other, so that never all of them are in memory. */
export function addUp(reports: Iterable<DeviceReport>): Standing {
  const standing = { devices: 0, seen: 0, stored: 0, outstanding: 0, missing: 0, dropped: 0, dead: 0 };
  for (const report of reports) {
    standing.devices++;
    standing.dead += deadOf(report);
    for (const count of ['seen', 'stored', 'outstanding', 'missing', 'dropped'] as const)
      standing[count] += report[count];
  }
  return standing;
}
