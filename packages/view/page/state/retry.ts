const first = 500;
const longest = 15_000;

/**
 * ms until the next try after so many that failed: twice as long each time, and a random half of it, so that the pages
 * of a server that comes back do not all come at once.
 */
export function retryAfter(failures: number, random = Math.random()): number {
  const whole = Math.min(longest, first * 2 ** Math.min(failures, 10));
  return Math.round(whole / 2 + (whole / 2) * random);
}
