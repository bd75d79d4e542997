import { type Luma, spreadOf } from './luma.js';

/** Standard deviation of a camera's noise that is no sharpness, in levels of 255, on the scale of the measurement. */
const noise = 2;
/** Variance that this noise has after the Laplacian, whose weights squared add up to 4² + 4·1². */
const noiseFloor = 20 * noise ** 2;
/** Contrast below this is too little to divide by: a variance. */
const leastContrast = 100;

/** Variance of the Laplacian: Pech-Pacheco and others, Diatom autofocusing in brightfield microscopy, ICPR 2000. */
function laplacianVariance({ data, width, height }: Luma): number {
  const edges = new Float32Array((width - 2) * (height - 2));
  let to = 0;
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const around =
        (data[at - 1] ?? 0) + (data[at + 1] ?? 0) + (data[at - width] ?? 0) + (data[at + width] ?? 0);
      edges[to++] = around - 4 * (data[at] ?? 0);
    }
  return spreadOf(edges).variance;
}

/** Fine structure for the contrast there is, 0 and up: variance of the Laplacian over that of the brightness. */
export function acuity(face: Luma): number {
  const structure = Math.max(0, laplacianVariance(face) - noiseFloor);
  return structure / Math.max(leastContrast, spreadOf(face.data).variance);
}
