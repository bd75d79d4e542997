import type { PictureView, Step } from '../../src/protocol.js';
import { useTick } from '../link/clock.js';
import { stepNames, type Way, wayOf } from '../state/way.js';
import { whole } from '../state/words.js';

/** A wait of less, ms, is none. */
const worthSaying = 3000;

/** How far a picture has travelled: a line with a node for each step, and a word for where it is. */
export function Stepper({ picture, steps }: { picture: PictureView; steps: readonly Step[] }) {
  const way = wayOf(picture, steps);
  return (
    <span class={`way ${way.state}`}>
      <span class="nodes" aria-hidden="true">
        {way.legs.map(({ step, state }) => (
          <span key={step} class={`node ${state}`} title={stepNames[step]} />
        ))}
      </span>
      <span class="text">
        <WayText way={way} />
      </span>
    </span>
  );
}

export function WayText({ way }: { way: Way }) {
  const age = useTick((now) => (now - way.since < worthSaying ? '' : `, ${whole(now - way.since)}`));
  return <>{way.state === 'waits' ? way.text + age : way.text}</>;
}
