import { useEffect, useRef, useState } from 'preact/hooks';
import type { DeviceView } from '../../src/protocol.js';
import type { DeviceSort } from '../state/fleet.js';
import { type RowWindow, rowWindow } from '../state/row-window.js';
import { DeviceRow } from './device-row.js';

/** As the style has it, pixels. */
const rowHeight = 52;

const columns: readonly (readonly [DeviceSort | 'picture' | 'state', string])[] = [
  ['picture', 'Last picture'],
  ['device', 'Device'],
  ['state', 'State'],
  ['active', 'In view'],
  ['outstanding', 'Waiting'],
  ['lost', 'Lost'],
  ['seen', 'Last seen'],
];

interface Properties {
  devices: readonly DeviceView[];
  sort: DeviceSort;
  onSort: (sort: DeviceSort) => void;
}

/** Thousands of devices, of which only those in the window are drawn. */
export function FleetTable({ devices, sort, onSort }: Properties) {
  const place = useRef<HTMLDivElement>(null);
  const { first, end, above, below } = useRowWindow(place, devices.length);
  return (
    <div ref={place} style={{ paddingTop: `${above}px`, paddingBottom: `${below}px` }}>
      <table class="devices" aria-rowcount={devices.length + 1}>
        <thead>
          <tr>
            {columns.map(([column, name]) => (
              <th
                key={column}
                scope="col"
                class={column}
                {...(column === sort && { 'aria-sort': order(sort) })}
              >
                {column === 'picture' || column === 'state' ? (
                  <span class={column === 'picture' ? 'hidden' : ''}>{name}</span>
                ) : (
                  <button type="button" onClick={() => onSort(column)}>
                    {name}
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {devices.slice(first, end).map((device, index) => (
            <DeviceRow key={device.device} device={device} row={first + index + 2} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const order = (sort: DeviceSort) => (sort === 'device' ? 'ascending' : 'descending');

/** Which rows are in the window, told again as it is scrolled. */
function useRowWindow(place: { current: HTMLElement | null }, count: number): RowWindow {
  const [, redraw] = useState('');
  const read = (): RowWindow => {
    const top = place.current ? -place.current.getBoundingClientRect().top : 0;
    return rowWindow(count, rowHeight, top, window.innerHeight);
  };
  useEffect(() => {
    let frame = 0;
    const listener = (): void => {
      window.cancelAnimationFrame(frame);
      frame = window.requestAnimationFrame(() => {
        const { first, end } = read();
        redraw(`${first}-${end}`);
      });
    };
    listener();
    window.addEventListener('scroll', listener, { passive: true });
    window.addEventListener('resize', listener);
    return () => {
      window.cancelAnimationFrame(frame);
      window.removeEventListener('scroll', listener);
      window.removeEventListener('resize', listener);
    };
  });
  return read();
}
