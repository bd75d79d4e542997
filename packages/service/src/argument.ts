import type { FacepipeError } from './error.js';
import { serviceError } from './errors.js';

/** What an argument can be asked to be: in the words of the message, and by what it is told. */
const kinds = {
  text: ['a text', (value) => typeof value === 'string'],
  number: ['a number', (value) => typeof value === 'number' && !Number.isNaN(value)],
  boolean: ['true or false', (value) => typeof value === 'boolean'],
  bytes: ['bytes (a Buffer or Uint8Array)', (value) => value instanceof Uint8Array],
  date: ['a Date', (value) => value instanceof Date],
  function: ['a function', (value) => typeof value === 'function'],
  object: ['an object', (value) => typeof value === 'object' && value !== null && !Array.isArray(value)],
  list: ['a list', (value) => Array.isArray(value)],
  texts: [
    'a list of texts',
    (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
  ],
  signal: ['an AbortSignal', (value) => value instanceof AbortSignal],
} as const satisfies Record<string, readonly [expected: string, fits: (value: unknown) => boolean]>;

export type ArgumentKind = keyof typeof kinds;

/** Characters of a value that are shown: a message is a sentence, not a dump. */
const most = 40;

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'string') return 'a text';
  if (value === undefined) return 'nothing';
  const text = String(value);
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** Of an argument that is of the right kind and yet cannot be used: FACEPIPE_E_ARGUMENT. */
export const argumentError = (expected: string, name: string, received: string): FacepipeError =>
  serviceError('FACEPIPE_E_ARGUMENT', { expected, name, received });

/**
 * Checks an argument of a public function, which callers without types may get wrong. A text is never shown,
 * since it may be a secret.
 * @throws FACEPIPE_E_ARGUMENT
 */
export function expectArgument(name: string, value: unknown, kind: ArgumentKind): void {
  const [expected, fits] = kinds[kind];
  if (!fits(value)) throw serviceError('FACEPIPE_E_ARGUMENT', { expected, name, received: shown(value) });
}

/**
 * Checks an object of options, and of its members those in the table; one with `?` may be left out.
 * @throws FACEPIPE_E_ARGUMENT naming the first that is missing or wrong
 */
export function expectMembers(
  name: string,
  value: unknown,
  members: Readonly<Record<string, ArgumentKind | `${ArgumentKind}?`>>,
): void {
  expectArgument(name, value, 'object');
  const given = value as Readonly<Record<string, unknown>>;
  for (const [member, rule] of Object.entries(members)) {
    const optional = rule.endsWith('?');
    if (optional && given[member] === undefined) continue;
    expectArgument(`${name}.${member}`, given[member], rule.replace('?', '') as ArgumentKind);
  }
}
