import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../support/random.js';
import { audit, type Verdict } from './audit.js';
import type { Kept } from './bucket.js';
import { type Chain, type ChainOptions, type Mode, startChain } from './chain.js';
import { endCapture, settle } from './ending.js';
import { Memory } from './memory.js';
import { Projector } from './projector.js';

/** What a fault may use while faces flow. */
export interface Stage {
  readonly chain: Chain;
  readonly random: Random;
  /** Resolves once so many more faces are accepted, or all are. */
  passed(faces: number): Promise<void>;
  /** A pause of the schedule, seconds. */
  pause(seconds: number): Promise<void>;
  /** Counts what was broken. */
  struck(): void;
  /** Shows capture no more pictures. */
  enough(): Promise<void>;
  /** Which parts never come back. */
  readonly gone: Set<Chain['parts'][number]>;
}

export interface Scenario {
  /** What is broken. */
  readonly fault: string;
  readonly mode: Mode;
  /** Faces to accept at least. */
  readonly faces: number;
  /** Of each picture; default 4 × 3 heads. */
  readonly crowd?: readonly [columns: number, rows: number];
  /** What is shown instead, after so many seconds. */
  readonly scene?: (seconds: number) => Promise<Buffer>;
  /** Seconds between pictures; default 0.25, so 48 faces a second. */
  readonly pace?: number;
  /** Whether every accepted face must be stored; default with receipts. */
  readonly promised?: boolean;
  /** Whether no process may grow from the second quarter of the time to the last. */
  readonly flat?: boolean;
  /** Whether capture may drop faces if it says which. */
  readonly drops?: boolean;
  /** Only the long form has it. */
  readonly long?: boolean;
  /** Resolves with why it cannot run here. */
  readonly missing?: () => string | undefined;
  readonly options?: (scratch: Scratch) => Promise<Partial<ChainOptions>>;
  /** Starts what runs from the beginning; default everything. */
  readonly begin?: (chain: Chain) => Promise<void>;
  readonly strike: (stage: Stage) => Promise<void>;
  /** What is wrong with the objects in the end, beside what an audit tells. */
  readonly judge?: (objects: readonly Kept[]) => string[];
  /** Seconds after the healing until everything must be stored; default 120. */
  readonly recoveryTimeout?: number;
  /**
   * Seconds without a new object, and with an empty spool, after which no more is expected; default 45: a link waits up
   * to 30 s between two attempts.
   */
  readonly quiet?: number;
}

/** What a scenario borrows from the machine: given back at its end. */
export interface Scratch {
  afterwards(end: () => Promise<unknown>): void;
}

export interface Result extends Verdict {
  readonly scenario: Scenario;
  /** How many faults were made. */
  strikes: number;
  /** Messages that a sink found stored already. */
  repeats: number;
  dead: number;
  /** Seconds from the healing to the last object. */
  recovery: number;
  /** Seconds the scenario took. */
  took: number;
  /** Faces in capture's spool at the end. */
  spooled: number | undefined;
  /** Peak and last resident memory by process, bytes. */
  memory: Memory;
}

/** With receipts nothing may be lost or doubled, whatever breaks; without, nothing doubled. */
export function isGood({ scenario, dropped, lost, wrong, dead, spooled, memory }: Result): boolean {
  if (scenario.flat && memory.growing.length > 0) return false;
  if (wrong.length > 0 || spooled !== 0 || (dropped > 0 && !scenario.drops)) return false;
  return !(scenario.promised ?? scenario.mode === 'stored') || (lost.length === 0 && dead === 0);
}

/** Runs one scenario from nothing to its audit. */
export async function run(scenario: Scenario, random: Random): Promise<Result> {
  const began = performance.now();
  const ends: (() => Promise<unknown>)[] = [];
  const options = await scenario.options?.({ afterwards: (end) => ends.push(end) });
  const chain = await startChain({ mode: scenario.mode, ...options });
  ends.push(() => chain.close());
  const memory = new Memory(chain.parts);
  try {
    await (scenario.begin ?? startAll)(chain);
    let strikes = 0;
    const gone: Stage['gone'] = new Set();
    const film = new Projector(chain, {
      faces: scenario.faces,
      crowd: scenario.crowd ?? [4, 3],
      pace: scenario.pace ?? 0.25,
      ...(scenario.scene && { scene: scenario.scene }),
    });
    memory.watch();
    const stage: Stage = {
      ...{ chain, random, gone },
      passed: (faces) => film.passed(faces),
      enough: () => film.stop(),
      pause: (seconds) => sleep(seconds * 1000),
      struck: () => {
        strikes++;
      },
    };
    await scenario.strike(stage);
    await chain.heal([...gone]);
    const { recovery, spooled } = await settle(chain, film.done, {
      recoveryTimeout: scenario.recoveryTimeout ?? 120,
      quiet: scenario.quiet ?? 45,
    });
    memory.stop();
    const totals = await endCapture(chain);
    const objects: Kept[] = [];
    for await (const object of chain.store.read()) objects.push(object);
    const verdict = await audit(chain.journal.accepted, chain.journal.dropped, objects);
    verdict.wrong.push(...(scenario.judge?.(objects) ?? []));
    const { repeats, dead } = chain.journal;
    const took = (performance.now() - began) / 1000;
    const result = { ...verdict, scenario, strikes, repeats, dead, recovery, took, spooled, memory };
    if (!isGood(result)) console.error([...chain.tail(), totals].join('\n'));
    return result;
  } catch (error) {
    console.error(chain.tail().join('\n'));
    throw error;
  } finally {
    memory.stop();
    for (const end of ends.reverse()) await end();
  }
}

export async function startAll({ sinks, forward, capture }: Chain): Promise<void> {
  // a broker keeps nothing for a subscriber it has never seen
  await Promise.all(sinks.map((sink) => sink.start()));
  await forward.start();
  await capture.start();
}
