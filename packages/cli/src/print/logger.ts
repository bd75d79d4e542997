import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

export interface LogOptions {
  level: 'error' | 'warn' | 'info' | 'debug' | 'silent';
  json: boolean;
  /** Where lines go; the live display passes its own, so that it is not torn apart. */
  write: (line: string) => void;
  colour: boolean;
}

/** A logger of one line an event: readable, or JSON with `--json`. */
export function createLogger({ level, json, write, colour }: LogOptions): Logger {
  const lines = new Writable({
    write(chunk, _encoding, done) {
      write(String(chunk));
      done();
    },
  });
  if (json) return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, lines);
  const destination = pretty({
    destination: lines,
    colorize: colour,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname',
    singleLine: true,
  });
  return pino({ level, base: null }, destination);
}
