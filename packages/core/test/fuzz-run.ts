import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { fuzzCase } from './fuzz-case.js';
import type { FuzzMessage } from './fuzz-worker.js';

/** Far above what any case takes, on a busy machine too. */
const deadlineSeconds = 60;
/** JavaScript's own memory; the kernel's is seen in the process's. */
const heapMegabytes = 768;
/** The process's: opencv-wasm alone may take 1 GB. */
const maxMegabytes = 2500;

export interface FuzzResult {
  cases: number;
  /** answers that another engine, or the exact code, gave too */
  compared: number;
  /** how often the reference had to be stopped */
  referenceHung: number;
  outcomes: Record<string, number>;
  peakMegabytes: number;
  faults: string[];
}

type End = Extract<FuzzMessage, { phase: 'end' }>;

/** A thread that runs one case at a time, and what became of it when it does not answer. */
class Runner {
  #worker: Worker | undefined;

  /** The end of the case, `reference` when opencv-wasm did not come to one, or what happened instead. */
  async run(number: number): Promise<End | 'reference' | string> {
    const worker =
      this.#worker ??
      new Worker(new URL('./fuzz-worker.js', import.meta.url), {
        resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
      });
    this.#worker = worker;
    const { promise, resolve } = withResolvers<End | string>();
    let inReference = false;
    const onMessage = (message: FuzzMessage) => {
      if (message.phase === 'end') resolve(message);
      else inReference = true;
    };
    const onError = (error: Error) => resolve(`the thread ended: ${error.message}`);
    const onExit = (code: number) => resolve(`the thread ended with exit code ${code}`);
    const timer = setTimeout(() => resolve(`no end after ${deadlineSeconds} s`), deadlineSeconds * 1000);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(number);
    const end = await promise;
    clearTimeout(timer);
    worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    if (typeof end !== 'string') return end;
    await this.close();
    return inReference ? 'reference' : end;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Puts what the case was made of where it can be looked at. */
async function save(number: number): Promise<string> {
  const folder = join(tmpdir(), `facepipe-fuzz-${number}`);
  mkdirSync(folder, { recursive: true });
  const { cascade, ...rest } = await fuzzCase(number);
  const whole = { depth: null, maxArrayLength: null, maxStringLength: null };
  if (cascade instanceof Uint8Array) writeFileSync(join(folder, 'cascade.xml'), cascade);
  else writeFileSync(join(folder, 'cascade.txt'), inspect(cascade, whole));
  writeFileSync(join(folder, 'case.txt'), inspect(rest, whole));
  return folder;
}

async function described(number: number, what: string): Promise<string> {
  const again = `FACEPIPE_FUZZ_SEED=${number} FACEPIPE_FUZZ_CASES=1 node test/run.mjs fuzz.test`;
  return `case ${number}: ${what}\n  again: ${again}\n  saved: ${await save(number)}`;
}

/** Cases from number `seed` on, until there are `cases` of them, `seconds` are over, or five have gone wrong. */
export async function fuzz(options: { seed: number; cases: number; seconds: number }): Promise<FuzzResult> {
  const result: FuzzResult = {
    ...{ cases: 0, compared: 0, referenceHung: 0, outcomes: {}, peakMegabytes: 0, faults: [] },
  };
  const runner = new Runner();
  const until = performance.now() + options.seconds * 1000;
  for (let number = options.seed; result.cases < options.cases; number++) {
    if (performance.now() > until || result.faults.length === 5) break;
    const end = await runner.run(number);
    result.cases++;
    if (end === 'reference') {
      result.referenceHung++;
    } else if (typeof end === 'string') {
      result.faults.push(await described(number, end));
    } else {
      const outcome = `${end.kind}: ${end.outcome}`;
      result.outcomes[outcome] = (result.outcomes[outcome] ?? 0) + 1;
      result.compared += end.compared;
      const megabytes = Math.round(end.memory / 2 ** 20);
      result.peakMegabytes = Math.max(result.peakMegabytes, megabytes);
      if (end.fault !== undefined) result.faults.push(await described(number, end.fault));
      else if (megabytes > maxMegabytes) result.faults.push(await described(number, `takes ${megabytes} MB`));
    }
  }
  await runner.close();
  return result;
}
