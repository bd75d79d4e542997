import { FacepipeError } from '@facepipe/wire';

/** Where a value was written that is not on the command line, as in `the variable FACEPIPE_QOS`. */
export interface Origin {
  where: string;
  value: unknown;
}

/** By flag without its dashes; a flag of the command line is where it says. */
export type Origins = ReadonlyMap<string, Origin>;

/** Shorter values are in many sentences that are not about them. */
const shortest = 4;

/** What is wrong, without what to do about it. */
const problemOf = (message: string): string => message.split(/\. (?=[A-Z`])/, 1)[0] ?? '';

function isAbout(problem: string, flag: string, value: unknown): boolean {
  if (new RegExp(`--${flag}(?![\\w-])`).test(problem)) return true;
  const texts = (Array.isArray(value) ? value : [value]).map(String);
  return texts.some((text) => text.length >= shortest && problem.includes(text));
}

/** The error with the places where the values were written that it is about, where those are not the command line. */
export function withOrigin(error: unknown, origins: Origins): unknown {
  if (!(error instanceof FacepipeError)) return error;
  const problem = problemOf(error.message);
  const places = [...origins].flatMap(([flag, { where, value }]) =>
    isAbout(problem, flag, value) ? [`--${flag} is from ${where}.`] : [],
  );
  if (places.length === 0) return error;
  const { code, exit, message } = error;
  return Object.assign(new FacepipeError(code, exit, `${message} ${places.join(' ')}`, error.cause), {
    stack: error.stack,
  });
}
