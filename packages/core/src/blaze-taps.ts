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
const maxSamples = 64;

/**
 * Bilinear samples of the image, one for each of its pixels that a place is wide, at equal distances: what lies
 * outside counts as black. `from` and `length`: the region, in pixels of an image of `size`; `places`: of the network.
 */
export function tapsOf(from: number, length: number, size: number, places: number): Taps {
  const scale = length / places;
  const samples = Math.max(1, Math.min(maxSamples, Math.round(scale)));
  /** where a sample is between the centres of pixels; NaN outside the image */
  const positionOf = (place: number, sample: number): number => {
    const at = from + (place + (sample + 0.5) / samples) * scale - 0.5;
    return at < -0.5 || at > size - 0.5 ? Number.NaN : Math.min(Math.max(at, 0), size - 1);
  };
  const firsts = new Int32Array(places).fill(-1);
  let taps = 1;
  let used = -1;
  for (let place = 0; place < places; place++) {
    let last = -1;
    for (let sample = 0; sample < samples; sample++) {
      const at = positionOf(place, sample);
      if (!(at >= 0)) continue;
      const pixel = Math.floor(at);
      if (last < 0) firsts[place] = pixel;
      last = Math.min(pixel + 1, size - 1);
    }
    if (last < 0) continue;
    if (used < 0) used = firsts[place] ?? 0;
    taps = Math.max(taps, last - (firsts[place] ?? 0) + 1);
  }
  const weights = new Float32Array(places * taps);
  if (used < 0) return { taps, firsts: firsts.fill(0), weights, start: 0, end: 0 };
  let [start, end] = [size, 0];
  for (let place = 0; place < places; place++) {
    const own = firsts[place] ?? 0;
    // taps behind the image would be read, with a weight of 0
    const first = Math.max(0, Math.min(own < 0 ? used : own, size - taps));
    firsts[place] = first;
    start = Math.min(start, first);
    end = Math.max(end, first + taps);
    for (let sample = 0; sample < samples; sample++) {
      const at = positionOf(place, sample);
      if (!(at >= 0)) continue;
      const pixel = Math.floor(at);
      const to = place * taps + pixel - first;
      weights[to] = (weights[to] ?? 0) + (1 - (at - pixel)) / samples;
      if (at > pixel) weights[to + 1] = (weights[to + 1] ?? 0) + (at - pixel) / samples;
    }
  }
  return { taps, firsts, weights, start, end };
}
