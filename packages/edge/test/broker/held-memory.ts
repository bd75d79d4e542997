import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Bytes of buffers that somebody holds: what is only not yet collected does not count. */
export async function heldMemory(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    // what one collection finds, another thread frees, and the next one counts
    collect();
    await sleep(20);
  }
  return process.memoryUsage().arrayBuffers;
}
