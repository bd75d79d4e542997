import type { PictureView, Step } from '../../src/protocol.js';
import { WayText } from '../parts/stepper.js';
import { Clock } from '../parts/time.js';
import { stepNames, wayOf } from '../state/way.js';
import { span } from '../state/words.js';

const states = { done: 'done', next: 'waits', ahead: 'not yet', dead: 'failed' } as const;

/** Each step with its time, and how long it took since the one before. */
export function PictureWay({ picture, steps }: { picture: PictureView; steps: readonly Step[] }) {
  const way = wayOf(picture, steps);
  return (
    <>
      <p class={`way ${way.state}`}>
        <WayText way={way} />
      </p>
      <ol class={`legs ${way.state}`}>
        {way.legs.map(({ step, state, at, lag }) => (
          <li key={step} class={state}>
            <span class={`node ${state}`} aria-hidden="true" />
            <span>{stepNames[step]}</span>
            {at === undefined ? (
              <span class="quiet">{state === 'done' ? 'passed' : states[state]}</span>
            ) : (
              <Clock time={at} />
            )}
            <span class="lag">{lag === undefined ? '' : `+ ${span(lag)}`}</span>
          </li>
        ))}
      </ol>
    </>
  );
}
