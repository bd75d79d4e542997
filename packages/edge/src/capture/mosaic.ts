import type { Box, Pixels } from '@facepipe/wire';

/** Whether a pixel is to be made unrecognisable. */
export type Covered = (x: number, y: number) => boolean;

/**
 * Replaces the pixels of a box by blocks, each of one colour: the mean of its covered pixels. What is not covered stays
 * as it is, and adds nothing to a mean.
 * @param pixels changed in place
 * @param box inside the picture, whole pixels
 * @param side of a block, pixels
 */
export function mosaic(pixels: Pixels, box: Box, side: number, covered: Covered): void {
  const { x, y, width, height } = box;
  for (let top = y; top < y + height; top += side) {
    for (let left = x; left < x + width; left += side) {
      const block = {
        x: left,
        y: top,
        width: Math.min(side, x + width - left),
        height: Math.min(side, y + height - top),
      };
      level(pixels, block, covered);
    }
  }
}

/** Gives the covered pixels of a block their mean. */
function level({ data, width: stride, channels }: Pixels, block: Box, covered: Covered): void {
  const at: number[] = [];
  const sums = new Array<number>(channels).fill(0);
  for (let y = block.y; y < block.y + block.height; y++) {
    for (let x = block.x; x < block.x + block.width; x++) {
      if (!covered(x, y)) continue;
      const start = (y * stride + x) * channels;
      at.push(start);
      for (let c = 0; c < channels; c++) sums[c] = (sums[c] ?? 0) + (data[start + c] ?? 0);
    }
  }
  const mean = sums.map((sum) => Math.round(sum / at.length));
  for (const start of at) data.set(mean, start);
}
