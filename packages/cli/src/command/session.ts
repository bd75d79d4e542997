import type { Work } from '../ending.js';
import type { Logger } from '../print/logger.js';
import type { Progress } from '../print/progress.js';

/** What a running command has of the outside world. */
export interface Session {
  /** Aborted by SIGINT and SIGTERM: stop taking, deliver what there is, end. */
  readonly signal: AbortSignal;
  /** Says that the work has begun: from now on a signal waits for its end. */
  readonly begin: (work: Work) => void;
  readonly log: Logger;
  readonly progress: Progress;
  /** One line of result on stdout. */
  readonly out: (line: string) => void;
  readonly json: boolean;
  readonly version: string;
  readonly stdin: NodeJS.ReadableStream;
}
