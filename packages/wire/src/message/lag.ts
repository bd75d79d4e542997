import { expectArgument } from '@facepipe/service';

/** A clock that was never set starts in 1970, or where the image of a system was made. */
const set = Date.UTC(2025, 0, 1);
/** ms by which clocks that NTP keeps may differ, and more. */
const ahead = 5 * 60_000;
/** ms: four times as long as sessions and spools keep a face unless they are told to keep it longer. */
const longest = 30 * 24 * 3600_000;

/**
 * How long ago a face was captured, in ms, at least 0. Undefined where the time cannot be right, so that nobody takes
 * it into account: before 2025, more than 5 minutes ahead, or more than 30 days ago. It is what the publisher claims.
 * @param now ms since 1970
 */
export function lagOf(captured: Date, now: number): number | undefined {
  expectArgument('captured', captured, 'date');
  expectArgument('now', now, 'number');
  const time = captured.getTime();
  if (!(time >= set && time <= now + ahead && now - time <= longest)) return undefined;
  return Math.max(0, now - time);
}
