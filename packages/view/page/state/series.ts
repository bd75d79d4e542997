import type { Samples } from '../../src/protocol.js';

export const noSamples: Samples = { times: [], values: {} };

/** Samples with later ones behind them, the latest `most`. A chart that one of both does not know has null there. */
export function appended(samples: Samples, more: Samples, most: number): Samples {
  const last = samples.times.at(-1) ?? Number.NEGATIVE_INFINITY;
  const from = more.times.findIndex((time) => time > last);
  if (from < 0) return samples;
  const added = more.times.length - from;
  const drop = Math.max(0, samples.times.length + added - most);
  const nulls = (length: number): null[] => new Array<null>(length).fill(null);
  const join = <T>(old: readonly T[], late: readonly T[]): T[] => [...old, ...late.slice(from)].slice(drop);
  const names = new Set([...Object.keys(samples.values), ...Object.keys(more.values)]);
  const values: Record<string, readonly (number | null)[]> = {};
  for (const name of names) {
    const old = samples.values[name] ?? nulls(samples.times.length);
    values[name] = join(old, more.values[name] ?? nulls(more.times.length));
  }
  return { times: join(samples.times, more.times), values };
}

/** The latest and the greatest value that is known. */
export function summary(values: readonly (number | null)[]): { last?: number; most?: number } {
  let last: number | undefined;
  let most: number | undefined;
  for (const value of values) {
    if (value === null) continue;
    last = value;
    if (most === undefined || value > most) most = value;
  }
  return { ...(last !== undefined && { last }), ...(most !== undefined && { most }) };
}

/** What the charts show at most and at least, ms. */
const hour = 3_600_000;
const least = 300_000;

/** How much of the past to show, ms: what is known of the last hour, in whole minutes; five at the least. */
export function pastOf(first = 0, last = first): number {
  const known = last - first;
  return Math.min(hour, Math.max(least, Math.ceil(known / 60_000) * 60_000));
}
