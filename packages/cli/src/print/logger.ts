import { Writable } from 'node:stream';
import { type LogFn, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import { Flood, kindOf } from './flood.js';
import { isReferable, referenceOf } from './reference.js';

export type { Logger } from 'pino';

export interface LogOptions {
  level: 'error' | 'warn' | 'info' | 'debug' | 'silent';
  json: boolean;
  /** Where lines go; the live display passes its own, so that it is not torn apart. */
  write: (line: string) => void;
  colour: boolean;
  /** Lines of one kind that come in a flood are counted instead of written; false: each is a result. */
  limited: boolean;
}

/** A logger, and the end of it. */
export interface Log extends Logger {
  /** Says how many lines are held back. */
  settle(): void;
}

/**
 * From here on a line is trouble or news; below it is for debugging, which wants every line. Pino's number of `info`.
 */
const news = 30;

/** Characters that are kept of a line that is held back. */
const longest = 1000;

/** A copy that does not keep the whole of a long line. */
const shorten = (text: string): string =>
  text.length > longest ? `${Buffer.from(text.slice(0, longest - 1)).toString()}…` : text;

/** A line that may be held back. */
interface Line {
  readonly text: string;
  /** Writes another text where the line would have stood. */
  readonly write: (text: string) => void;
}

/** Holds back what comes in a flood, and says so when its time is over. */
class Gate {
  readonly #flood = new Flood<Line>(() => performance.now());
  #timer: NodeJS.Timeout | undefined;
  #armed = Number.POSITIVE_INFINITY;

  pass(kind: string, line: Line): boolean {
    this.settle(false);
    const admitted = this.#flood.admit(kind, line);
    this.#arm();
    return admitted;
  }

  /** @param all also what may still grow */
  settle(all: boolean): void {
    for (const { count, within, last } of this.#flood.take(all)) {
      const seconds = Math.max(1, Math.round(within / 1000));
      last.write(`… and ${count} more of this kind in the last ${seconds} s; the last: ${last.text}`);
    }
    this.#arm();
  }

  #arm(): void {
    const { due } = this.#flood;
    if (due === this.#armed) return;
    clearTimeout(this.#timer);
    this.#armed = due;
    if (due === Number.POSITIVE_INFINITY) return;
    const settle = () => {
      this.#armed = Number.POSITIVE_INFINITY;
      this.settle(false);
    };
    this.#timer = setTimeout(settle, due - performance.now()).unref();
  }
}

/** The text of a line, and its kind: the level, and its `code` or else its words. */
function read(args: Parameters<LogFn>, level: number): { kind: string; text: string } {
  const [first, second] = args as unknown[];
  const text = typeof first === 'string' ? first : typeof second === 'string' ? second : String(first);
  const code = typeof first === 'object' && first !== null && 'code' in first ? first.code : undefined;
  return { kind: `${level} ${typeof code === 'string' ? code : kindOf(text)}`, text };
}

/** In JSON a line with a code says where that is explained. */
const withReference = (line: Record<string, unknown>): Record<string, unknown> =>
  isReferable(line.code) ? { ...line, see: referenceOf(line.code) } : line;

/** A logger of one line an event: readable, or JSON with `--json`. */
export function createLogger({ level, json, write, colour, limited }: LogOptions): Log {
  const lines = new Writable({
    write(chunk, _encoding, done) {
      write(String(chunk));
      done();
    },
  });
  const gate = limited ? new Gate() : undefined;
  const hooks = {
    logMethod(this: Logger, args: Parameters<LogFn>, method: LogFn, number: number) {
      if (gate && number >= news) {
        const { kind, text } = read(args, number);
        if (!gate.pass(kind, { text: shorten(text), write: (other) => method.call(this, other) })) return;
      }
      method.apply(this, args);
    },
  };
  const options = { level, base: null, hooks };
  const logger = json
    ? pino(
        { ...options, timestamp: pino.stdTimeFunctions.isoTime, formatters: { log: withReference } },
        lines,
      )
    : pino(
        options,
        pretty({
          destination: lines,
          colorize: colour,
          translateTime: 'SYS:HH:MM:ss',
          // a code is for programs, the sentence has it in words
          ignore: 'pid,hostname,code',
          singleLine: true,
        }),
      );
  return Object.assign(logger, { settle: () => gate?.settle(true) });
}
