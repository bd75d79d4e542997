import { setTimeout as sleep } from 'node:timers/promises';

/** Slowness is no failure: on a busy machine what takes a second takes a minute. Seconds. */
const least = 120;

/**
 * Waits until `done` holds. After `seconds`, or two minutes if that is longer, throws what it was waiting for, which a
 * function can say as it stands then.
 */
export async function until(
  what: string | (() => string),
  done: () => boolean | Promise<boolean>,
  seconds = least,
): Promise<void> {
  const limit = Math.max(seconds, least);
  const deadline = performance.now() + limit * 1000;
  while (!(await done())) {
    if (performance.now() > deadline)
      throw new Error(`waited ${limit} s in vain until ${typeof what === 'string' ? what : what()}`);
    await sleep(20);
  }
}
