import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Outcome, type Program, start } from '../support/program.js';
import { until } from '../support/until.js';

export interface ServiceOptions {
  name: string;
  args: () => readonly string[];
  /** Of the line that says it is at work. */
  ready: RegExp;
  env?: Record<string, string>;
  /** Keeps its stdin open for the caller. */
  input?: 'open';
  /** Every line it logs. */
  onLine?: (line: string) => void;
}

/** ms from the end of a program until it is started again. */
const restartDelay = 500;

/**
 * One `facepipe` command under a supervisor, as systemd or Docker is one: it is started again whenever it ends by
 * itself.
 */
export class Service {
  readonly name: string;
  readonly #options: ServiceOptions;
  #program: Program | undefined;
  #wanted = false;
  /** How often it ended without being asked to, and what it said last. */
  readonly ends: string[] = [];

  constructor(options: ServiceOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#program?.child.pid;
  }

  get program(): Program | undefined {
    return this.#program;
  }

  /** Its last lines, for a failure's report. */
  get tail(): string[] {
    // not what it debugs: a line for every face
    return this.#program?.lines.filter((line) => !line.startsWith('{"level":20,')).slice(-5) ?? [];
  }

  /** The port in the line that names it. */
  get port(): number | undefined {
    const line = this.#program?.lines.find((text) => /metrics on port \d+/.test(text));
    return line === undefined ? undefined : Number(/metrics on port (\d+)/.exec(line)?.[1]);
  }

  /** Starts it where it does not run, and resolves once it is at work. */
  async start(seconds = 120): Promise<void> {
    if (!this.#wanted) {
      this.#wanted = true;
      this.#launch();
    }
    await until(
      () => `${this.name} is at work: ${[...this.ends.slice(-1), ...this.tail].join('\n')}`,
      () => this.#program?.lines.some((line) => this.#options.ready.test(line)) ?? false,
      seconds,
    );
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to end; undefined where it did not run. */
  stop(): Promise<Outcome | undefined> {
    return this.#end('SIGTERM');
  }

  /** Resolves when it has ended by itself, which is then its right: nobody starts it again. */
  async finish(): Promise<Outcome | undefined> {
    this.#wanted = false;
    return this.#program?.ended;
  }

  async #end(signal: NodeJS.Signals): Promise<Outcome | undefined> {
    this.#wanted = false;
    const program = this.#program;
    if (!program) return undefined;
    const outcome = await program.stop(signal);
    if (this.#program === program) this.#program = undefined;
    return outcome;
  }

  #launch(): void {
    const { args, env, input, onLine } = this.#options;
    const program = start([...args(), '--json', '--quiet', '--log-level', 'debug'], {
      ...(env && { env }),
      ...(input && { input }),
    });
    this.#program = program;
    if (onLine) createInterface({ input: program.child.stderr }).on('line', onLine);
    void program.ended.then(async ({ code, signal }) => {
      if (!this.#wanted || this.#program !== program) return;
      this.ends.push(`${this.name} ended with ${code ?? signal}: ${program.lines.at(-1) ?? ''}`);
      await sleep(restartDelay);
      if (this.#wanted && this.#program === program) this.#launch();
    });
  }
}
