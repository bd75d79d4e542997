import { type DroppedRange, dropReasons } from './range.js';

/** Keys sort as the seqs in them: 14 hexadecimal digits hold every safe integer. */
const digits = (seq: number): string => seq.toString(16).padStart(14, '0');

/** Where the counters are. */
export const stateKey = 'state';

/** What is known of one face. */
export const entryKey = (seq: number): string => `entry/${digits(seq)}`;

/** One range of dropped faces; its last seq is the value. */
export const droppedKey = ({ broker, reason, from }: Omit<DroppedRange, 'to'>): string =>
  `dropped/${digits(from)}/${reason}/${broker}`;

const seqIn = (hexadecimal: string | undefined): number => Number.parseInt(hexadecimal ?? '', 16);

/** The seq in the key of a face; NaN in another. */
export const seqOf = (key: string): number => seqIn(/^entry\/([0-9a-f]{14})$/.exec(key)?.[1]);

/** The range that a key stands for, without its end; undefined where it is another key. */
export function rangeIn(key: string): Omit<DroppedRange, 'to'> | undefined {
  const [, from, name, broker] = /^dropped\/([0-9a-f]{14})\/([^/]+)\/(.*)$/s.exec(key) ?? [];
  const reason = dropReasons.find((known) => known === name);
  return reason && broker !== undefined ? { broker, from: seqIn(from), reason } : undefined;
}
