import type { DeviceView, HopView } from '../../src/protocol.js';
import { Icon, type IconName } from './icon.js';

type State = DeviceView['state'] | HopView['state'];

const marks: Record<State, { icon: IconName; word: string; tone: string }> = {
  up: { icon: 'ok', word: 'Up', tone: 'ok' },
  online: { icon: 'ok', word: 'Online', tone: 'ok' },
  degraded: { icon: 'warn', word: 'Degraded', tone: 'warn' },
  down: { icon: 'bad', word: 'Down', tone: 'bad' },
  offline: { icon: 'bad', word: 'Offline', tone: 'bad' },
  unknown: { icon: 'unknown', word: 'Unknown', tone: 'quiet' },
};

/** A state by icon, word and colour: never by one of them alone. */
export function StateMark({ state }: { state: State }) {
  const { icon, word, tone } = marks[state];
  return (
    <span class={`mark ${tone}`}>
      <Icon name={icon} />
      {word}
    </span>
  );
}
