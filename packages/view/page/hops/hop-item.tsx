import { memo } from 'preact/compat';
import type { HopView } from '../../src/protocol.js';
import { StateMark } from '../parts/state-mark.js';
import { For } from '../parts/time.js';
import { count } from '../state/words.js';

/** One hop on the line: its state in words, its reason with the remedy, its counts. */
export const HopItem = memo(({ hop }: { hop: HopView }) => (
  <li class={hop.state}>
    <h2>{hop.title}</h2>
    <p class="address" title={hop.detail}>
      {hop.detail}
    </p>
    <p class="state">
      <StateMark state={hop.state} />
      <span class="quiet">
        for <For since={hop.since} />
      </span>
    </p>
    {hop.reason && (
      <p class="reason">
        {hop.reason}
        {hop.help && (
          <>
            {' '}
            <a href={hop.help} target="_blank" rel="noreferrer">
              What to do
            </a>
          </>
        )}
      </p>
    )}
    <dl class="counts">
      {Object.entries(hop.counts).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="number">{count(value)}</dd>
        </div>
      ))}
    </dl>
  </li>
));
