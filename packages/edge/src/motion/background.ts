import type { Cells } from './cells.js';
import { ExposureMeter } from './exposure.js';

/** How long the background remembers, ms: about as long as the last search of the whole frame is away. */
const memory = 1000;
/**
 * How long noise is remembered when there is more of it and when there is less, ms. It grows where something moves most
 * of the time, as a fire does, and not where people come and go.
 */
const noiseMemory = { growing: 10_000, falling: 2000 };
/** So many times faster it is learnt in the beginning. */
const haste = 5;
/** It grows by no more than so many times itself. */
const maxGrowth = 3;
/** After so long the noise of a new background is known, ms. */
const learning = 1000;
/** Noise of cells of which nothing is known, levels. */
const firstNoise = 1;
/** The light is another one where more cells have changed than this. */
const everywhere = 0.4;

export interface Sensitivity {
  /** Least difference that is movement, levels, and how many times the cell's noise it has to be. */
  level: number;
  deviations: number;
  /** Least difference while noise is not known. */
  learning: number;
}

/** What moves in a picture: nothing or some of it, or all of it at once. */
export type Change = 'some' | 'all';

/**
 * The background of a tiny image: the running mean of each cell and how far it usually is from it, both by time. What
 * the whole picture became brighter or darker is taken out before. As in Σ-Δ (Manzanera and Richefeu, 2007) the
 * threshold is a multiple of a cell's own noise. That is an expectile of the absolute difference (Newey and Powell,
 * 1987), about half of a sensor's standard deviation.
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
    const step = fresh ? haste * elapsed : elapsed;
    const keepFalling = Math.exp(-step / noiseMemory.falling);
    const keepGrowing = Math.exp(-step / noiseMemory.growing);
    const { level, deviations } = this.#sensitivity;
    const least = fresh ? this.#sensitivity.learning : level;
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
      const seen = Math.min(off, Math.max(level, maxGrowth * noise));
      this.#noise[i] = seen + (seen > noise ? keepGrowing : keepFalling) * (noise - seen);
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
