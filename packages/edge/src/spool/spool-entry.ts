import { crc32 } from 'node:zlib';
import type { Place } from './segments.js';

/** What is known of a face in the spool without reading it. */
export interface SpoolEntry extends Readonly<Place> {
  readonly seq: number;
  /** ULID. */
  readonly id: string;
  /** Milliseconds of the spool's own time. */
  readonly accepted: number;
  /** The brokers that do not have it yet. */
  readonly owed: readonly string[];
}

/** A number for a face that sums of are compared by. */
export const weigh = ({ seq, id }: SpoolEntry): number => crc32(id, seq % 2 ** 32);

/** The sum of faces that the counters have: it tells whether the index has these faces and no others. */
export const sumOf = (entries: readonly SpoolEntry[]): number =>
  entries.reduce((sum, entry) => (sum + weigh(entry)) % 2 ** 32, 0);
