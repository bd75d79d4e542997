import type { DeviceView } from '../../src/protocol.js';

export type DeviceSort = 'device' | 'seen' | 'active' | 'outstanding' | 'lost';

export interface FleetQuery {
  search: string;
  state: DeviceView['state'] | 'all';
  sort: DeviceSort;
}

const { compare } = new Intl.Collator('en', { numeric: true });

/** As people count: `gate 2` before `gate 10`. */
export function byName(a: DeviceView, b: DeviceView): number {
  return compare(a.device, b.device);
}

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
  // The state keeps them sorted by name, but for late ones, so this costs little; the next keeps it among equals
  found.sort(byName);
  return sort === 'device' ? found : found.sort((a, b) => (b[sort] ?? -1) - (a[sort] ?? -1));
}

export function statesOf(devices: ReadonlyMap<string, DeviceView>): Record<FleetQuery['state'], number> {
  const states = { all: devices.size, online: 0, offline: 0, unknown: 0 };
  for (const { state } of devices.values()) states[state]++;
  return states;
}
