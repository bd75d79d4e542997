import { entryKey, seqOf, stateKey } from './key.js';
import { isUnsealed, seal, unseal } from './sealed.js';
import type { Written } from './segments.js';
import type { SpoolEntry } from './spool-entry.js';
import type { SpoolMoment } from './time.js';

/** 1 had no seals, no `sum`, `written` and `earlier`, and its records did not tell where they end. */
const format = 2;

/** A stream that another one followed. */
export interface EarlierStream {
  /** ULID. */
  stream: string;
  /** Its last seq; those of the stream after it are above. */
  last: number;
}

/** What is in the spool, summed up: what the index must show when it is read again. */
export interface Counters {
  faces: number;
  /** Of which faces: a sum over their seqs and ids. */
  sum: number;
  /** Copies dropped since the spool was made, by broker. */
  dropped: Record<string, number>;
}

/** The spool's counters: written in the same batch as the faces they count. */
export interface State extends SpoolMoment, Counters {
  /** ULID made with the spool, or when it could not be known any more which seq was given last. */
  stream: string;
  earlier: readonly EarlierStream[];
  /** The last ones given to a stored face; 0 and '' before the first. */
  seq: number;
  id: string;
  /** The end of the last face written: what is beyond it the index does not know. */
  written: Written;
}

/** As format 1 had it. */
export type OldState = Omit<State, 'sum' | 'earlier' | 'written'>;

export const encodeState = (state: State): Buffer =>
  seal(stateKey, JSON.stringify({ format, ...state } satisfies State & { format: number }));

/** Nothing where the bytes are not what was written; the version where another one wrote them. */
export function decodeState(bytes: Buffer): { state?: State | OldState; version?: number } {
  const text = isUnsealed(bytes) ? bytes.toString() : unseal(stateKey, bytes);
  const parsed = parse(text) as (State & { format: number }) | undefined;
  if (parsed === undefined) return {};
  const { format: version, ...state } = parsed;
  if (isUnsealed(bytes)) return version === 1 && isCounted(state) ? { state } : {};
  return version === format ? { state } : { version };
}

export const encodeEntry = ({ seq, ...entry }: SpoolEntry): Buffer =>
  seal(entryKey(seq), JSON.stringify(entry));

/** Undefined where the bytes are not what was written. */
export function decodeEntry(key: string, bytes: Buffer): SpoolEntry | undefined {
  const entry = parse(isUnsealed(bytes) ? bytes.toString() : unseal(key, bytes));
  const seq = seqOf(key);
  return entry && Number.isSafeInteger(seq) && isPlaced(entry) ? { ...entry, seq } : undefined;
}

function parse(text: string | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const areNumbers = (...values: unknown[]): boolean => values.every((value) => Number.isSafeInteger(value));

/** Format 1 has no checksum: at least nothing of it may be missing. */
function isCounted(state: object): state is OldState {
  const { stream, seq, id, faces, time, wall, dropped } = state as Partial<OldState>;
  const isText = typeof stream === 'string' && typeof id === 'string';
  return (
    isText && typeof dropped === 'object' && areNumbers(seq, faces, time, Math.round(wall ?? Number.NaN))
  );
}

function isPlaced(entry: object): entry is Omit<SpoolEntry, 'seq'> {
  const { id, accepted, owed, segment, offset, bytes } = entry as Partial<SpoolEntry>;
  if (typeof id !== 'string' || !Array.isArray(owed)) return false;
  return owed.every((name) => typeof name === 'string') && areNumbers(accepted, segment, offset, bytes);
}
