import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FuzzOrder, FuzzReport } from './worker.js';

/** Far above what any case takes, on a busy machine too. */
const deadlineSeconds = 60;
const heapMegabytes = 256;

/** Cases from number `seed` on, until there are `cases` of them or `seconds` are over. */
export async function fuzz(order: Omit<FuzzOrder, 'running'>): Promise<FuzzReport> {
  const running = new Float64Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: { ...order, running } satisfies FuzzOrder,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  });
  const fault = (what: string): FuzzReport => ({
    ...{ cases: 0, outcomes: {}, slowest: 0 },
    fault: { number: running[0] ?? order.seed, what },
  });
  let watch: NodeJS.Timeout | undefined;
  const hung = new Promise<FuzzReport>((resolve) => {
    let last = { number: -1, since: performance.now() };
    watch = setInterval(() => {
      const number = running[0] ?? -1;
      if (number !== last.number) last = { number, since: performance.now() };
      else if (performance.now() - last.since > deadlineSeconds * 1000)
        resolve(fault(`no end after ${deadlineSeconds} s`));
    }, 500);
  });
  const ended = once(worker, 'message').then(
    ([report]) => report as FuzzReport,
    (error: unknown) => fault(`the thread ended: ${error instanceof Error ? error.message : String(error)}`),
  );
  const report = await Promise.race([ended, hung]);
  clearInterval(watch);
  await worker.terminate();
  return report;
}
