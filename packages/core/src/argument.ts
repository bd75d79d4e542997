import { coreError, type FacepipeError } from './error.js';

/** Longer values are cut: a message is a sentence, not a dump. */
const shownCharacters = 40;

/** Objects may have no text at all. */
const side = (value: unknown): string => (typeof value === 'number' ? String(value) : typeof value);

function shown(value: unknown): string {
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return 'an array';
  if ('width' in value && 'height' in value) return `${side(value.width)}x${side(value.height)}`;
  return typeof value.constructor === 'function' ? value.constructor.name : 'Object';
}

/** Text as far as it fits into a sentence. */
export const shorten = (text: string): string =>
  text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;

/**
 * The one wording for a bad argument: "Expected number greater than 1 for scaleFactor but received foo of type string."
 */
export function argumentError(expected: string, name: string, value: unknown): FacepipeError {
  const received = `${shorten(shown(value))} of type ${typeof value}`;
  return coreError('FACEPIPE_E_ARGUMENT', { expected, name, received });
}

/** What a 32-bit signed integer holds, which is what engines count in. */
const largest = 2 ** 31 - 1;

/** @throws FACEPIPE_E_ARGUMENT unless `value` is an integer from `from` to `to`, or to 2³¹ − 1. */
export function expectInteger(name: string, value: unknown, from: number, to = largest): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return value;
  throw argumentError(
    to === largest ? `integer of at least ${from}` : `integer from ${from} to ${to}`,
    name,
    value,
  );
}

/** @throws FACEPIPE_E_ARGUMENT unless `value` is one of `choices`. */
export function expectOneOf<const T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw argumentError(`one of ${choices.join(', ')}`, name, value);
  return choice;
}

/** True for every realm's object, so that test runners and worker threads with their own globals are understood. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !Array.isArray(value);
}

/** How many letters have to be put in, taken out or changed to make one word of the other (Levenshtein 1966). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const change = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

/** The word that is most like what was written, if one is. */
export function nearest(written: string, words: readonly string[]): string | undefined {
  const near = words
    .map((word) => ({ word, letters: distance(written.slice(0, 2 * shownCharacters), word) }))
    // of two that are as near the longer one: a letter is left out more often than put in
    .sort((a, b) => a.letters - b.letters || b.word.length - a.word.length)[0];
  return near && near.letters <= Math.max(2, near.word.length / 3) ? near.word : undefined;
}

/**
 * A misspelt option would be passed over in silence.
 * @throws FACEPIPE_E_ARGUMENT for an option that there is not, unless it is undefined
 */
export function expectOptions(options: object, known: readonly string[]): void {
  const unknown = Object.entries(options).find(
    ([name, value]) => value !== undefined && !known.includes(name),
  );
  if (!unknown) return;
  const near = nearest(unknown[0], known);
  const expected = near ? `option ${near}` : `one of the options ${known.join(', ')}`;
  throw coreError('FACEPIPE_E_ARGUMENT', { expected, name: 'options', received: shorten(unknown[0]) });
}
