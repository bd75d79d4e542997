import { expectArgument } from './argument.js';

const shortest = 250;
const longest = 30_000;

/**
 * How long to wait before connecting again: exponential backoff with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), between 0.25 and 30 s.
 * @param attempt 0 for the first after a good connection
 * @param random from [0, 1)
 * @returns milliseconds
 */
export function backoff(attempt: number, random: number): number {
  expectArgument('attempt', attempt, 'number');
  expectArgument('random', random, 'number');
  return Math.max(shortest, random * Math.min(longest, 1000 * 2 ** attempt));
}
