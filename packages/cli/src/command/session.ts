import type { Logger } from '../print/logger.js';
import type { Progress } from '../print/progress.js';

/** What a running command has of the outside world. */
export interface Session {
  /** Aborted by SIGINT and SIGTERM: stop taking, deliver what there is, end. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly progress: Progress;
  /** One line of result on stdout. */
  readonly out: (line: string) => void;
  readonly json: boolean;
  readonly version: string;
  readonly stdin: NodeJS.ReadableStream;
}
