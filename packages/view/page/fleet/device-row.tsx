import { memo } from 'preact/compat';
import type { DeviceView } from '../../src/protocol.js';
import { FacePicture } from '../parts/face-picture.js';
import { StateMark } from '../parts/state-mark.js';
import { Ago } from '../parts/time.js';
import { hashOf } from '../state/route.js';
import { count } from '../state/words.js';

/** A count that asks for attention where it is not 0. */
function Figure({ value, tone }: { value: number | undefined; tone?: 'bad' }) {
  if (value === undefined) return <span class="quiet">–</span>;
  return (
    <span class={value > 0 && tone ? `number ${tone}` : value > 0 ? 'number' : 'number quiet'}>
      {count(value)}
    </span>
  );
}

/** One device: its name leads to its visits. */
export const DeviceRow = memo(({ device, row }: { device: DeviceView; row: number }) => (
  <tr aria-rowindex={row}>
    <td class="picture">
      <FacePicture id={device.picture} kept={device.picture !== undefined} name="Last picture" />
    </td>
    <th scope="row" class="device">
      <a href={hashOf({ view: 'visits', device: device.device })}>{device.device}</a>
      <span class="state-below">
        <StateMark state={device.state} />
      </span>
      {device.reason && <span class="reason">{device.reason}</span>}
    </th>
    <td class="state">
      <StateMark state={device.state} />
    </td>
    <td class="active">
      <Figure value={device.active} />
    </td>
    <td class="outstanding">
      <Figure value={device.outstanding} />
    </td>
    <td class="lost">
      <Figure value={device.lost} tone="bad" />
    </td>
    <td class="seen">
      <Ago time={device.seen} />
    </td>
  </tr>
));
