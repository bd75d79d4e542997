import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `done` holds; after `seconds` throws what it was waiting for, which a function can say as it stands then.
 * Slowness is no failure: on a busy machine what takes a second takes a minute.
 */
export async function until(
  what: string | (() => string),
  done: () => boolean | Promise<boolean>,
  seconds = 120,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await done())) {
    if (performance.now() > deadline)
      throw new Error(`waited ${seconds} s in vain until ${typeof what === 'string' ? what : what()}`);
    await sleep(20);
  }
}
