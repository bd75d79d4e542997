import type { DroppedRange } from './range.js';

/** Keys sort as the seqs in them: 14 hexadecimal digits hold every safe integer. */
const digits = (seq: number): string => seq.toString(16).padStart(14, '0');

/** Where the counters are. */
export const stateKey = 'state';

/** What is known of one face. */
export const entryKey = (seq: number): string => `entry/${digits(seq)}`;

/** One range of dropped faces; its last seq is the value. */
export const droppedKey = ({ broker, reason, from }: DroppedRange): string =>
  `dropped/${digits(from)}/${reason}/${broker}`;

/** All keys of one kind. */
export const allOf = (kind: 'entry' | 'dropped'): { gte: string; lt: string } => ({
  gte: `${kind}/`,
  // the character after the slash
  lt: `${kind}0`,
});

/** The seq in a key. */
export const seqOf = (key: string): number => Number.parseInt(key.split('/', 2)[1] ?? '', 16);
