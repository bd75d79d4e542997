/** Grey pixels, row after row. */
export interface Gray {
  data: Uint8Array;
  width: number;
  height: number;
}

/** Peak signal to noise, dB; infinite where nothing differs. */
export function psnr(a: Gray, b: Gray): number {
  const squares = a.data.reduce((sum, value, n) => sum + (value - (b.data[n] ?? 0)) ** 2, 0);
  return 10 * Math.log10(255 ** 2 / (squares / a.data.length));
}

/** Wang et al. 2004, with squares of 8 pixels, every fourth, in place of the Gaussian. */
const side = 8;
const stride = 4;
const c1 = (0.01 * 255) ** 2;
const c2 = (0.03 * 255) ** 2;

/** Structural similarity: 1 where nothing differs. */
export function ssim(a: Gray, b: Gray): number {
  let sum = 0;
  let squares = 0;
  for (let y = 0; y + side <= a.height; y += stride)
    for (let x = 0; x + side <= a.width; x += stride, squares++) sum += ofSquare(a, b, x, y);
  return sum / squares;
}

function ofSquare(a: Gray, b: Gray, left: number, top: number): number {
  const count = side ** 2;
  let [sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0];
  for (let y = top; y < top + side; y++)
    for (let at = y * a.width + left; at < y * a.width + left + side; at++) {
      const [p, q] = [a.data[at] ?? 0, b.data[at] ?? 0];
      sumA += p;
      sumB += q;
      squareA += p * p;
      squareB += q * q;
      product += p * q;
    }
  const [meanA, meanB] = [sumA / count, sumB / count];
  const varianceA = squareA / count - meanA ** 2;
  const varianceB = squareB / count - meanB ** 2;
  const covariance = product / count - meanA * meanB;
  const light = (2 * meanA * meanB + c1) / (meanA ** 2 + meanB ** 2 + c1);
  return (light * (2 * covariance + c2)) / (varianceA + varianceB + c2);
}
