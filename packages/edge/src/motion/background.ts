import type { Cells } from './cells.js';
import { ExposureMeter } from './exposure.js';

/** How long the background remembers, ms: about as long as the last search of the whole frame is away. */
const memory = 1000;
/** How long noise is remembered, and in the beginning, ms. */
const noiseMemory = { usual: 8000, learning: 300 };
/** After so long the noise of a new background is known, ms. */
const learning = 1000;
/** Noise of cells of which nothing is known, and the most that is learnt while learning; sensors have less. Levels. */
const firstNoise = 1;
const mostNoise = 3;
/** The light is another one where more cells have changed than this. */
const everywhere = 0.4;

export interface Sensitivity {
  /** Least difference that is movement, levels, and how many times the mean absolute deviation it has to be. */
  level: number;
  deviations: number;
  /** Least difference while noise is not known. */
  learning: number;
}

/** What moves in a picture: nothing or some of it, or all of it at once. */
export type Change = 'some' | 'all';

/**
 * The background of a tiny image: the running mean of each cell and its mean absolute deviation, both by time. What the
 * whole picture became brighter or darker is taken out before. As in Σ-Δ (Manzanera and Richefeu, 2007) the threshold
 * is a multiple of a cell's own noise; that noise grows slowly where something always moves, a fire or a screen.
 */
export class Background {
  readonly #sensitivity: Sensitivity;
  readonly #meter = new ExposureMeter();
  readonly #mean: Float32Array;
  readonly #noise: Float32Array;
  readonly #cells: Cells;
  /** 1 for each cell that differs from the background. */
  readonly changed: Uint8Array;
  #learningUntil: number;

  /** The cells' light is of the first picture. */
  constructor(cells: Cells, time: number, sensitivity: Sensitivity) {
    this.#sensitivity = sensitivity;
    this.#cells = cells;
    this.#mean = cells.light.slice();
    this.#noise = new Float32Array(cells.light.length).fill(firstNoise);
    this.changed = new Uint8Array(cells.light.length);
    this.#learningUntil = time + learning;
  }

  /** Compares the cells, which are those of a new picture, and learns from them. */
  see(time: number, elapsed: number): Change {
    const { light } = this.#cells;
    const mean = this.#mean;
    this.#adjust(light, mean);
    const fresh = time < this.#learningUntil;
    const keep = Math.exp(-elapsed / memory);
    const keepNoise = Math.exp(-elapsed / (fresh ? noiseMemory.learning : noiseMemory.usual));
    const { deviations } = this.#sensitivity;
    const least = fresh ? this.#sensitivity.learning : this.#sensitivity.level;
    let count = 0;
    for (let i = 0; i < light.length; i++) {
      const now = light[i] ?? 0;
      const off = Math.abs(now - (mean[i] ?? 0));
      const noise = this.#noise[i] ?? 0;
      const threshold = Math.max(least, deviations * noise);
      const differs = off > threshold ? 1 : 0;
      count += differs;
      this.changed[i] = differs;
      mean[i] = now + keep * ((mean[i] ?? 0) - now);
      // one passer-by does not make a place noisy
      const seen = Math.min(off, fresh ? mostNoise : threshold);
      this.#noise[i] = seen + keepNoise * (noise - seen);
    }
    if (count <= everywhere * light.length) return 'some';
    mean.set(light);
    this.#learningUntil = time + learning;
    return 'all';
  }

  /** Brings the background into the light of this picture. */
  #adjust(light: Float32Array, mean: Float32Array): void {
    const { offset, gain } = this.#meter.measure(mean, light);
    if (offset === 0 && gain === 1) return;
    let [darkest, brightest] = [255, 0];
    for (const value of light) {
      darkest = Math.min(darkest, value);
      brightest = Math.max(brightest, value);
    }
    // nothing is brighter than white
    for (let i = 0; i < mean.length; i++)
      mean[i] = Math.min(brightest, Math.max(darkest, offset + gain * (mean[i] ?? 0)));
  }
}
