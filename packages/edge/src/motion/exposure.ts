/** How the whole picture became brighter or darker: light = offset + gain × what it was. */
export interface Exposure {
  offset: number;
  gain: number;
}

const unchanged: Exposure = { offset: 0, gain: 1 };

/** Steps of a level in which differences are counted, and the largest difference. */
const steps = 4;
const most = 255;
/** Medians that differ by less than this are noise, levels. */
const least = 0.5;
/** Cells of which one is counted: a median needs no more. */
const every = 3;
/** Halves whose brightness differs by less have no gain of their own, levels. */
const flat = 16;
/** Other gains, and negative ones, are another picture. */
const maxGain = 4;

/**
 * Finds how light and camera changed between two pictures of one place: the median line of Brown and Mood (1951),
 * through the medians of the darker and of the brighter half. It does not see what moves, as long as that is less than
 * half of either.
 */
export class ExposureMeter {
  readonly #levels = new Uint32Array(most + 1);
  readonly #dark = new Uint32Array(2 * steps * most + 1);
  readonly #bright = new Uint32Array(2 * steps * most + 1);

  measure(before: Float32Array, now: Float32Array): Exposure {
    const levels = this.#levels.fill(0);
    const dark = this.#dark.fill(0);
    const bright = this.#bright.fill(0);
    let all = 0;
    for (let i = 0; i < before.length; i += every, all++) {
      const level = levelOf(before[i] ?? 0);
      levels[level] = (levels[level] ?? 0) + 1;
    }
    const middle = rank(levels, all / 2);
    let darks = 0;
    for (let i = 0; i < before.length; i += every) {
      const was = before[i] ?? 0;
      const bin = Math.round(steps * ((now[i] ?? 0) - was)) + steps * most;
      const half = levelOf(was) <= middle ? dark : bright;
      if (half === dark) darks++;
      half[bin] = (half[bin] ?? 0) + 1;
    }
    const low = rank(dark, darks / 2) / steps - most;
    // a picture may be of one brightness
    const high = darks < all ? rank(bright, (all - darks) / 2) / steps - most : low;
    if (Math.abs(low) < least && Math.abs(high) < least) return unchanged;
    const [from, to] = [rank(levels, all / 4), rank(levels, (3 * all) / 4)];
    if (to - from < flat) return { offset: (low + high) / 2, gain: 1 };
    const slope = (high - low) / (to - from);
    if (1 + slope < 1 / maxGain || 1 + slope > maxGain) return unchanged;
    return { offset: low - slope * from, gain: 1 + slope };
  }
}

const levelOf = (light: number) => Math.min(most, Math.max(0, Math.round(light)));

/** The value that so many are not above. */
function rank(counts: Uint32Array, wanted: number): number {
  let seen = 0;
  for (let value = 0; value < counts.length; value++) {
    seen += counts[value] ?? 0;
    if (seen >= wanted && seen > 0) return value;
  }
  return counts.length - 1;
}
