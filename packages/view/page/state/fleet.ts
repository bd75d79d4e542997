import type { DeviceView } from '../../src/protocol.js';

export const deviceSorts = ['device', 'seen', 'active', 'outstanding', 'lost'] as const;
export type DeviceSort = (typeof deviceSorts)[number];

export interface FleetQuery {
  search: string;
  state: DeviceView['state'] | 'all';
  sort: DeviceSort;
}

const byName = new Intl.Collator('en', { numeric: true }).compare;

/** The devices that a query means, in its order: names from a to z, everything else the greatest first. */
export function fleetOf(
  devices: ReadonlyMap<string, DeviceView>,
  { search, state, sort }: FleetQuery,
): readonly DeviceView[] {
  const wanted = search.trim().toLowerCase();
  const found = [...devices.values()].filter(
    (device) =>
      (state === 'all' || device.state === state) &&
      (wanted === '' || device.device.toLowerCase().includes(wanted)),
  );
  const named = (a: DeviceView, b: DeviceView): number => byName(a.device, b.device);
  if (sort === 'device') return found.sort(named);
  return found.sort((a, b) => (b[sort] ?? -1) - (a[sort] ?? -1) || named(a, b));
}

export function statesOf(devices: ReadonlyMap<string, DeviceView>): Record<FleetQuery['state'], number> {
  const states = { all: devices.size, online: 0, offline: 0, unknown: 0 };
  for (const { state } of devices.values()) states[state]++;
  return states;
}
