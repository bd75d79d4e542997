import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a state that real brokers, disks and programs bring about in their own time, two minutes at most. */
export async function until(state: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (!(await state())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${state}`);
    await sleep(5);
  }
}
