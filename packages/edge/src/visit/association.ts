import { type Appearance, likeness } from './appearance.js';

/** What association compares: a middle and a size in one unit, and what the face looks like, if that is known. */
export interface Place {
  x: number;
  y: number;
  size: number;
  appearance: Appearance | undefined;
}

// A face this long out of sight may be this far, in face sizes, from where its motion ends, and this much larger or
// smaller.
const reach = { least: 0.8, perSecond: 0.5, most: 2.5 };
const growth = { least: 0.4, perSecond: 0.4, most: 1 };
/** Seconds out of sight from which on the appearance has to agree as well. */
const brief = 0.5;
/** Looks of one face are nearly always more alike than this, looks of two less so often. */
const alike = 0.75;
/** Weight of the appearance beside place and size. */
const looks = 2;

/**
 * How badly a box fits to a track, 0 to 2 and up; undefined: it cannot be the same face. As in norfair's distances for
 * Frigate, place and size are compared in units of the face, so that neither the distance from the camera nor the
 * picture's size matters; the gates widen with the time out of sight instead of with the count of frames.
 * @param places where the track may be, one or more
 * @param seconds since the track was seen
 */
export function misfit(places: readonly Place[], box: Place, seconds: number): number | undefined {
  const fits = places.flatMap((place) => misfitAt(place, box, seconds) ?? []);
  return fits.length > 0 ? Math.min(...fits) : undefined;
}

function misfitAt(track: Place, box: Place, seconds: number): number | undefined {
  const far = Math.min(reach.most, reach.least + reach.perSecond * seconds);
  const grown = Math.min(growth.most, growth.least + growth.perSecond * seconds);
  const distance = Math.hypot(track.x - box.x, track.y - box.y) / Math.sqrt(track.size * box.size);
  const ratio = Math.abs(Math.log(track.size / box.size));
  if (distance > far || ratio > grown) return undefined;
  const same = track.appearance && box.appearance && likeness(track.appearance, box.appearance);
  // what comes back after a while, or from further than it goes in a moment, has to look the same
  if (same !== undefined && same < alike && (seconds > brief || distance > reach.least)) return undefined;
  return distance + ratio + looks * (1 - (same ?? 1));
}

/**
 * Pairs of rows and columns, the best fit first, each used once: norfair's greedy matching, which unlike the Hungarian
 * method never gives a good pair away for the sake of the sum. Equal fits go to the lower indices.
 * @param costs by row and column; undefined: no pair
 */
export function bestPairs(
  costs: readonly (readonly (number | undefined)[])[],
): [row: number, column: number][] {
  const pairs = costs.flatMap((row, i) =>
    row.flatMap((cost, j) => (cost === undefined ? [] : [{ i, j, cost }])),
  );
  pairs.sort((a, b) => a.cost - b.cost || a.i - b.i || a.j - b.j);
  const [rows, columns] = [new Set<number>(), new Set<number>()];
  return pairs.flatMap(({ i, j }): [number, number][] => {
    if (rows.has(i) || columns.has(j)) return [];
    rows.add(i);
    columns.add(j);
    return [[i, j]];
  });
}
