import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `done` holds; after `seconds` throws what it was waiting for, which a function can say as it stands then.
 */
export async function until(
  what: string | (() => string),
  done: () => boolean | Promise<boolean>,
  seconds = 30,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await done())) {
    if (Date.now() > deadline)
      throw new Error(`waited ${seconds} s in vain until ${typeof what === 'string' ? what : what()}`);
    await sleep(20);
  }
}
