import type { DetectOptions, Face, GrayImage, Size } from '@facepipe/core';
import sharp from 'sharp';

/**
 * The picture made `width` pixels wide, where it is wider: what a cascade costs grows with the pixels. `scale` is how
 * many pixels of the picture one of the smaller is wide.
 */
export async function reduce(gray: GrayImage, width = 0): Promise<{ gray: GrayImage; scale: number }> {
  if (width <= 0 || gray.width <= width) return { gray, scale: 1 };
  const scale = gray.width / width;
  const height = Math.max(1, Math.round(gray.height / scale));
  const data = await sharp(gray.data, { raw: { width: gray.width, height: gray.height, channels: 1 } })
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  return { gray: { data: new Uint8Array(data), width, height }, scale };
}

const scaleSide = (side: number, by: number, least: number): number => Math.max(least, Math.round(side * by));

function scaleSize(size: number | Size, by: number, least: number): number | Size {
  if (typeof size === 'number') return scaleSide(size, by, least);
  return { width: scaleSide(size.width, by, least), height: scaleSide(size.height, by, least) };
}

/** The same search in a picture of another size. Wrong sizes stay what they are, to be refused. */
export function scaleOptions(options: DetectOptions, by: number): DetectOptions {
  const { minSize, maxSize } = options;
  return {
    ...options,
    ...(isSize(minSize) && { minSize: scaleSize(minSize, by, 0) }),
    ...(isSize(maxSize) && { maxSize: scaleSize(maxSize, by, 1) }),
  };
}

function isSize(size: unknown): size is number | Size {
  return Number.isInteger(size) || (typeof size === 'object' && size !== null && 'width' in size);
}

/** A face of the smaller picture in the full one, inside it. */
export function scaleFace(face: Face, by: number, { width, height }: Size): Face {
  const x = Math.min(Math.round(face.x * by), width - 1);
  const y = Math.min(Math.round(face.y * by), height - 1);
  return {
    ...face,
    x,
    y,
    width: Math.min(Math.round(face.width * by), width - x),
    height: Math.min(Math.round(face.height * by), height - y),
  };
}
