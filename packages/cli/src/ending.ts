import { type Clock, systemClock } from '@facepipe/service';
import { Exit } from './exit.js';

const exits = { SIGINT: Exit.interrupted, SIGTERM: Exit.terminated } as const;
export type EndingSignal = keyof typeof exits;
export const endingSignals = Object.keys(exits) as EndingSignal[];

/** npm passes on a Ctrl-C that the terminal has sent us as well: only a later one is a second one. Milliseconds. */
const echo = 300;
/** What a command that has not begun its work may take to close what it has opened. Milliseconds. */
const closeTimeout = 2000;

/** A command's work, once it has begun. */
export interface Work {
  /** Most seconds that its end takes; where there is nothing to wait for, none. */
  readonly drains?: number;
  /** The last line of results, as things stand. */
  readonly totals?: () => string;
}

export interface EndingOptions {
  /** A line for the user. */
  say: (text: string) => void;
  /** A line of results. */
  out: (line: string) => void;
  /** Ends the process with this exit code, whatever is still open. */
  exit: (code: number) => void;
}

/** How signals end a command: the first stops it, and the work under way is finished; the second ends it at once. */
export class Ending {
  readonly #stop = new AbortController();
  readonly #options: EndingOptions;
  readonly #clock: Clock;
  /** Aborted once the end by itself is called off. */
  readonly #begun = new AbortController();
  #received: { signal: EndingSignal; at: number } | undefined;
  #work: Work | undefined;

  constructor(options: EndingOptions, clock: Clock = systemClock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** The exit code of the signal that came; undefined while none has. */
  get code(): number | undefined {
    return this.#received && exits[this.#received.signal];
  }

  /** Ends the command without a signal: nobody reads its results any more. */
  stop(): void {
    this.#stop.abort();
  }

  /** From now on there is something to finish. */
  begin(work: Work): void {
    this.#work = work;
    this.#begun.abort();
    if (this.#received) this.#announce();
  }

  receive(signal: EndingSignal): void {
    if (!this.#received) {
      this.#first(signal);
      return;
    }
    if (this.#clock.elapsed() - this.#received.at < echo) return;
    const line = this.#work?.totals?.();
    if (line) this.#options.out(line);
    this.#exit();
  }

  /** Nothing is under way any more. */
  settle(): void {
    this.#begun.abort();
  }

  #first(signal: EndingSignal): void {
    this.#received = { signal, at: this.#clock.elapsed() };
    this.#stop.abort();
    if (this.#work) this.#announce();
    // nothing has begun, so nothing is lost
    else void this.#close();
  }

  async #close(): Promise<void> {
    const { signal } = this.#begun;
    await this.#clock.sleep(closeTimeout, signal);
    if (!signal.aborted) this.#exit();
  }

  #announce(): void {
    const { drains } = this.#work ?? {};
    if (drains === undefined) return;
    this.#options.say(
      `ending: what is in flight is finished first, which takes ${drains} s at most; a second signal (Ctrl-C) ends at once`,
    );
  }

  #exit(): void {
    this.#options.exit(this.code ?? Exit.failed);
  }
}

/** Whether an error only says that a signal has aborted something. */
export function isAbort(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return error.name === 'AbortError' || code === 'ABORT_ERR' || code === 'FACEPIPE_E_LINK_CLOSED';
}
