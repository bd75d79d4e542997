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

/** The one wording for a bad argument: "Expected number greater than 1 for scaleFactor but received foo of type string." */
export function argumentError(expected: string, name: string, value: unknown): FacepipeError {
  const text = shown(value);
  const short = text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
  return coreError('FACEPIPE_E_ARGUMENT', { expected, name, received: `${short} of type ${typeof value}` });
}

/** What a 32-bit signed integer holds, which is what engines count in. */
export const largest = 2 ** 31 - 1;

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
