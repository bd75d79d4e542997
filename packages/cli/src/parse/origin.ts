import { FacepipeError } from '@facepipe/service';
import { redact } from '@facepipe/wire';
import { Exit } from '../exit.js';

/** Where a value was written, as in `the variable FACEPIPE_QOS`. */
export interface Origin {
  where: string;
  value: unknown;
}

/** By flag without its dashes. */
export type Origins = ReadonlyMap<string, Origin>;

export const commandLine = 'the command line';

/** Shorter values are in many sentences that are not about them. */
const shortest = 4;

/** What is wrong, without what to do about it. */
const problemOf = (message: string): string => message.split(/\. (?=[A-Z`])/, 1)[0] ?? '';

/** Also as it is shown, without a password. */
function isShown(problem: string, value: unknown): boolean {
  const texts = (Array.isArray(value) ? value : [value]).filter((text) => typeof text === 'string');
  const shown = texts.flatMap((text) => [text, redact(text)]);
  return shown.some((text) => text.length >= shortest && problem.includes(text));
}

/** Whether the reader is to be told where a value comes from: not the flag that was just typed and is named already. */
function isUnclear(
  { exit }: FacepipeError,
  problem: string,
  flag: string,
  { where, value }: Origin,
): boolean {
  const isNamed = new RegExp(`--${flag}(?![\\w-])`).test(problem);
  if (where === commandLine) return exit === Exit.usage && !isNamed && isShown(problem, value);
  return isNamed || isShown(problem, value);
}

/** The error with the places where the values were written that it is about. */
export function withOrigin(error: unknown, origins: Origins): unknown {
  if (!(error instanceof FacepipeError)) return error;
  const problem = problemOf(error.message);
  const places = [...origins].flatMap(([flag, origin]) =>
    isUnclear(error, problem, flag, origin) ? [`--${flag} is from ${origin.where}.`] : [],
  );
  if (places.length === 0) return error;
  const { code, exit, message } = error;
  return Object.assign(new FacepipeError(code, exit, `${message} ${places.join(' ')}`, error.cause), {
    stack: error.stack,
  });
}
