import type { GrayImage } from '@facepipe/core';

/** Left and right changed places. */
export function mirrorImage({ data, width, height }: GrayImage): GrayImage {
  const mirrored = new Uint8Array(data.length);
  for (let row = 0; row < data.length; row += width)
    mirrored.set(data.slice(row, row + width).reverse(), row);
  return { data: mirrored, width, height };
}
