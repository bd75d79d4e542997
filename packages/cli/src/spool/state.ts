import type { Entry } from './ledger.js';
import type { SpoolMoment } from './time.js';

/** The spool's counters: written in the same batch as the faces they count. */
export interface State extends SpoolMoment {
  format: 1;
  /** ULID made with the spool. */
  stream: string;
  /** The last ones given to a stored face; 0 and '' before the first. */
  seq: number;
  id: string;
  /** Faces in the spool, to notice when the disk has fewer. */
  faces: number;
  /** Copies dropped since the spool was made, by broker. */
  dropped: Record<string, number>;
}

export const encodeState = (state: State): Buffer => Buffer.from(JSON.stringify(state));

/** @throws SyntaxError; Error when it was written by a version that does it otherwise */
export function decodeState(bytes: Buffer): State {
  const state = JSON.parse(bytes.toString()) as State;
  if (state.format !== 1) throw new Error(`its format ${state.format} is another version's`);
  return state;
}

export const encodeEntry = ({ seq: _, ...entry }: Entry): Buffer => Buffer.from(JSON.stringify(entry));

/** @throws SyntaxError */
export const decodeEntry = (seq: number, bytes: Buffer): Entry => ({
  ...(JSON.parse(bytes.toString()) as Omit<Entry, 'seq'>),
  seq,
});
