import { parentPort, workerData } from 'node:worker_threads';
import { fuzzCase } from './targets.js';

// Runs one case after the other: a thread, so that one which does not end can be stopped.

export interface FuzzOrder {
  /** Number of the first case. */
  seed: number;
  cases: number;
  seconds: number;
  /** The number of the case that runs. */
  running: Float64Array<SharedArrayBuffer>;
}

export interface FuzzReport {
  cases: number;
  /** How often what came of it, by parser. */
  outcomes: Record<string, Record<string, number>>;
  /** The slowest case's milliseconds of processor time. */
  slowest: number;
  /** The case that went wrong, and what went wrong. */
  fault?: { number: number; what: string };
}

/** Milliseconds of processor time in which a case must end; most take less than one, those that decode pixels 50. */
const maxMilliseconds = 5000;
const spareBytes = 4e6;

const used = () => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

async function run({ seed, cases, seconds, running }: FuzzOrder): Promise<FuzzReport> {
  const report: FuzzReport = { cases: 0, outcomes: {}, slowest: 0 };
  const until = performance.now() + seconds * 1000;
  for (let number = seed; report.cases < cases && performance.now() < until; number++) {
    running[0] = number;
    const { target, size, attempt } = fuzzCase(number);
    const [memory, time] = [used(), process.cpuUsage()];
    try {
      const outcome = await attempt();
      const bytes = used() - memory;
      const { user, system } = process.cpuUsage(time);
      const milliseconds = (user + system) / 1000;
      if (milliseconds > maxMilliseconds) throw new Error(`took ${milliseconds} ms for ${size} bytes`);
      if (bytes > spareBytes + size * target.share) throw new Error(`took ${bytes} bytes for ${size}`);
      report.slowest = Math.max(report.slowest, milliseconds);
      const outcomes = report.outcomes[target.name] ?? {};
      report.outcomes[target.name] = { ...outcomes, [outcome]: (outcomes[outcome] ?? 0) + 1 };
    } catch (error) {
      report.fault = {
        number,
        what: error instanceof Error ? (error.stack ?? error.message) : String(error),
      };
      return report;
    }
    report.cases += 1;
  }
  return report;
}

parentPort?.postMessage(await run(workerData as FuzzOrder));
