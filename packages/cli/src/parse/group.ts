import type { Options } from 'yargs';
import * as coerce from './coerce.js';

type Flags = Record<string, Options & { describe: string }>;

/** A named group of flags, as `--help` and docs/commands.md show it. */
export function group<const T extends Flags>(
  name: string,
  flags: T,
): { [K in keyof T]: T[K] & { group: string } } {
  const entries = Object.entries(flags).map(([key, flag]) => [
    key,
    { ...flag, group: `${name}:`, requiresArg: flag.type !== 'boolean' },
  ]);
  return Object.fromEntries(entries);
}

/** `choices` is for `--help`; the coercion refuses in our own words, before yargs looks. */
export const choice = <const T extends string>(
  choices: readonly T[],
  synonyms: Readonly<Record<string, T>> = {},
) => ({ choices, coerce: coerce.choice(choices, synonyms) });
