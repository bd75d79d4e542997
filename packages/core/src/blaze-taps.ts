/** What one side of a region becomes: the same number of pixels of the image, `taps`, for each place of the network. */
export interface Taps {
  taps: number;
  /** the first pixel of each place */
  firsts: Int32Array;
  /** [place][tap] */
  weights: Float32Array;
  /** pixels that are read: from `start` to before `end`, none where they are equal */
  start: number;
  end: number;
}

/** More samples a place add nothing that could be seen, and bound the work for a region of any size. */
const mostSamples = 64;

/**
 * Bilinear samples of the image, one for each of its pixels that a place is wide, at equal distances: what lies
 * outside counts as black. `from` and `length`: the region, in pixels of an image of `size`; `places`: of the network.
 */
export function tapsOf(from: number, length: number, size: number, places: number): Taps {
  const scale = length / places;
  const samples = Math.max(1, Math.min(mostSamples, Math.round(scale)));
  /** where each sample is between the centres of pixels; NaN outside the image */
  const positions = Float64Array.from({ length: places * samples }, (_, index) => {
    const at = from + (Math.floor(index / samples) + ((index % samples) + 0.5) / samples) * scale - 0.5;
    return at < -0.5 || at > size - 0.5 ? Number.NaN : Math.min(Math.max(at, 0), size - 1);
  });
  const spans = Array.from({ length: places }, (_, place) => {
    const inside = positions.subarray(place * samples, (place + 1) * samples).filter((at) => at >= 0);
    const first = Math.floor(inside[0] ?? 0);
    const last = Math.min(Math.floor(inside.at(-1) ?? 0) + 1, size - 1);
    return { first, count: inside.length > 0 ? last - first + 1 : 0 };
  });
  const taps = Math.max(1, ...spans.map(({ count }) => count));
  const firsts = new Int32Array(places);
  const weights = new Float32Array(places * taps);
  const used = spans.find(({ count }) => count > 0);
  if (!used) return { taps, firsts, weights, start: 0, end: 0 };
  // taps behind the image would be read, with a weight of 0
  spans.forEach(({ first, count }, place) => {
    firsts[place] = Math.max(0, Math.min(count > 0 ? first : used.first, size - taps));
  });
  positions.forEach((at, index) => {
    if (!(at >= 0)) return;
    const place = Math.floor(index / samples);
    const pixel = Math.floor(at);
    const to = place * taps + pixel - (firsts[place] ?? 0);
    weights[to] = (weights[to] ?? 0) + (1 - (at - pixel)) / samples;
    if (at > pixel) weights[to + 1] = (weights[to + 1] ?? 0) + (at - pixel) / samples;
  });
  return { taps, firsts, weights, start: Math.min(...firsts), end: Math.max(...firsts) + taps };
}
