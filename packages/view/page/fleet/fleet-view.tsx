import { useMemo, useState } from 'preact/hooks';
import { usePage } from '../link/page.js';
import { Icon } from '../parts/icon.js';
import { Notice } from '../parts/notice.js';
import { type FleetQuery, fleetOf, statesOf } from '../state/fleet.js';
import { count, plural } from '../state/words.js';
import { FleetTable } from './fleet-table.js';

const states = [
  ['all', 'All'],
  ['online', 'Online'],
  ['offline', 'Offline'],
  ['unknown', 'Unknown'],
] as const;

/** Every device of the broker: searched, by state, sorted. */
export function FleetView() {
  const { devices, told } = usePage();
  const [query, setQuery] = useState<FleetQuery>({ search: '', state: 'all', sort: 'device' });
  const found = useMemo(() => fleetOf(devices, query), [devices, query]);
  const counts = useMemo(() => statesOf(devices), [devices]);
  return (
    <div class="fleet">
      <div class="tools">
        <h1>Devices</h1>
        <label class="search">
          <Icon name="search" />
          <span class="hidden">Search devices</span>
          <input
            type="search"
            placeholder="Search"
            value={query.search}
            onInput={({ currentTarget }) => setQuery({ ...query, search: currentTarget.value })}
          />
        </label>
        <fieldset class="choice">
          <legend class="hidden">State</legend>
          {states.map(([state, name]) => (
            <label key={state}>
              <input
                type="radio"
                name="state"
                checked={query.state === state}
                onChange={() => setQuery({ ...query, state })}
              />
              <span>
                {name} <span class="count">{count(counts[state])}</span>
              </span>
            </label>
          ))}
        </fieldset>
      </div>
      <p class="hidden" role="status">
        {plural(found.length, 'device')} shown
      </p>
      {told && devices.size === 0 && (
        <Notice icon="camera" title="No devices yet">
          <p>A device is listed once its capture has connected to this broker:</p>
          <pre>facepipe capture --broker …</pre>
        </Notice>
      )}
      {devices.size > 0 && found.length === 0 && (
        <Notice icon="search" title="No such device">
          <p>
            <button type="button" onClick={() => setQuery({ ...query, search: '', state: 'all' })}>
              Show all
            </button>
          </p>
        </Notice>
      )}
      {found.length > 0 && (
        <FleetTable devices={found} sort={query.sort} onSort={(sort) => setQuery({ ...query, sort })} />
      )}
    </div>
  );
}
