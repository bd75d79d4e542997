import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `done` holds; throws what it was waiting for after `seconds`. */
export async function until(
  what: string,
  done: () => boolean | Promise<boolean>,
  seconds = 30,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain until ${what}`);
    await sleep(20);
  }
}
