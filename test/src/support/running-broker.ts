/** A real broker on a free port of 127.0.0.1. */
export interface RunningBroker {
  readonly url: string;
  readonly port: number;
  /** Ends it for good, orderly. */
  stop(): Promise<void>;
  /** kill -9 where it is a process; every connection is reset. */
  crash(): Promise<void>;
  /** Stops it if it runs, and starts it on the same port with what it has kept. */
  restart(): Promise<void>;
}
