import { useTick } from '../link/clock.js';
import { ago, coarse, whole } from '../state/words.js';

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** How long ago, with the exact time on demand. */
export function Ago({ time }: { time: number }) {
  const text = useTick((now) => ago(time, now));
  return (
    <time dateTime={new Date(time).toISOString()} title={exact.format(time)}>
      {text}
    </time>
  );
}

/** The time of day, with its date on demand. */
export function Clock({ time }: { time: number }) {
  return (
    <time dateTime={new Date(time).toISOString()} title={exact.format(time)}>
      {clock.format(time)}
    </time>
  );
}

/** How long since then, while it goes on. */
export function Age({ since }: { since: number }) {
  return <>{useTick((now) => whole(now - since))}</>;
}

/** How long it has been so, with the exact time on demand. */
export function For({ since }: { since: number }) {
  const text = useTick((now) => coarse(now - since));
  return (
    <time dateTime={new Date(since).toISOString()} title={`Since ${exact.format(since)}`}>
      {text}
    </time>
  );
}

/** Seconds until then by the clock of this computer, not below 1. */
export function Countdown({ until }: { until: number }) {
  const seconds = useTick(() => Math.max(1, Math.ceil((until - Date.now()) / 1000)));
  return <>{seconds} s</>;
}
