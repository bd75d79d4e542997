import { type Luma, spreadOf } from './luma.js';

/** Standard deviation of what is left of a camera's noise at the scale of the measurement, in levels of 255. */
const noise = 1;
/** Variance of this noise after the Laplacian, whose weights squared add up to 4² + 4·1². */
const noiseFloor = 20 * noise ** 2;
/** Variance of a brightness that has no contrast to divide by. */
const minContrast = 100;
/** Acuity at which a face is half as sharp as can be: halfway from out of focus to sharp, of faces 64 pixels wide. */
const half = 0.2;

/** Variance of the Laplacian: Pech-Pacheco and others, Diatom autofocusing in brightfield microscopy, ICPR 2000. */
function laplacianVariance({ data, width, height }: Luma): number {
  const edges = new Float32Array((width - 2) * (height - 2));
  let to = 0;
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const beside = (data[at - 1] ?? 0) + (data[at + 1] ?? 0);
      edges[to++] = beside + (data[at - width] ?? 0) + (data[at + width] ?? 0) - 4 * (data[at] ?? 0);
    }
  return spreadOf(edges).variance;
}

/**
 * Fine structure for the contrast there is, 0 and up: deviation of the Laplacian over that of the brightness. What may
 * be noise counts as Wiener's filter would let it through: little, but never less than what has even less of it.
 */
function acuity(face: Luma): number {
  const variance = laplacianVariance(face);
  const structure = variance ** 2 / (variance + noiseFloor);
  return Math.sqrt(structure / Math.max(minContrast, spreadOf(face.data).variance));
}

/** 0 to 1, of a face on a fixed scale: what is far away or out of focus has no fine structure there. */
export function sharpnessOf(face: Luma): number {
  const value = acuity(face);
  return value / (value + half);
}
