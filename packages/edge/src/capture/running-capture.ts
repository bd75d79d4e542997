import type { FacepipeError } from '@facepipe/service';
import type { Registry } from 'prom-client';
import type { Publisher } from '../publish/publisher.js';
import type { CaptureTotals } from './face-capture-options.js';

/** The counts of one run. */
export interface RunTotals extends CaptureTotals {
  /** Faces that every broker acknowledged. */
  published: number;
  /** Of these, faces that an earlier run had captured. */
  earlier: number;
  /** Faces whose receipts came by every broker. */
  stored: number;
  /** Copies of faces that are dead letters. */
  dead: number;
  /** Faces in the spool, those of earlier runs too. */
  spooled: number;
  /** Copies of faces that the spool discarded. */
  dropped: number;
  /** Those, and the faces that were not kept. */
  lost: number;
}

/** A broker at the end that was not there and is owed faces, or never was there. */
export interface Unsent {
  /** Without userinfo. */
  url: string;
  faces: number;
}

/** A capture that runs. */
export interface Capture {
  readonly totals: RunTotals;
  /** Visits now. */
  readonly active: number;
  /** ULID of the spool, in which faces are numbered. */
  readonly stream: string;
  readonly brokers: readonly Pick<Publisher, 'broker' | 'url' | 'connected' | 'totals' | 'owed'>[];
  /** Undefined while frames come and every broker is there; else the reason why not. */
  readonly ready: string | undefined;
  /** For Prometheus; docs/operate.md explains each metric. */
  readonly metrics: Registry;
  /**
   * Resolves once no more frames are looked at, by the source's end, a limit, the signal or `stop`, and the brokers
   * have had up to 8 s to take what was found. With the error that ended it: the source's, the spool's, or what no
   * waiting fixes at a broker. Never rejects.
   */
  readonly ended: Promise<Error | undefined>;
  /** Known once `ended` has resolved. */
  readonly unsent: Unsent | undefined;
  /**
   * Looks at no more frames, waits for `ended`, says good-bye to the brokers and closes the spool; within 13 s, after
   * which what is left waits in the spool. Idempotent.
   * @throws FacepipeError where the spool cannot be closed as it should
   */
  stop(): Promise<void>;
}

/** Why a capture is not ready; undefined when it is. */
export function unreadyReason(
  publishers: readonly Publisher[],
  isFull: boolean,
  away: Error | undefined,
  refusal: FacepipeError | undefined,
): string | undefined {
  const rival = publishers.find(({ contention }) => contention)?.contention;
  if (rival) return rival.message;
  const missing = publishers.find(({ connected }) => !connected);
  if (missing) return `${missing.url} is offline`;
  if (isFull) return 'the spool is full';
  return away?.message ?? refusal?.message;
}

/** The first broker that is not there and is owed faces, or never was there. */
export function unsentOf(publishers: readonly Publisher[]): Unsent | undefined {
  const missing = publishers.find(
    ({ connected, reached, owed }) => !connected && (!reached || owed.faces > 0),
  );
  return missing && { url: missing.url, faces: missing.owed.faces };
}

/** The smallest limit that is known, in bytes. */
export const limitOf = (publishers: readonly Publisher[], maxMessage: number): number =>
  Math.min(maxMessage, ...publishers.map(({ maximumPacketSize }) => maximumPacketSize));
