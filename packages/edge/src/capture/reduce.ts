import type { Box, DetectOptions, Face, GrayImage, Size } from '@facepipe/core';
import type { Pixels } from '@facepipe/wire';
import sharp from 'sharp';
import { cropGray } from './crop.js';

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

/** The pixels made `width` wide, where they are wider. */
export async function reducePixels(pixels: Pixels, width: number): Promise<Pixels> {
  if (pixels.width <= width) return pixels;
  const height = Math.max(1, Math.round((pixels.height * width) / pixels.width));
  return resizePixels(pixels, { width, height });
}

export async function resizePixels(pixels: Pixels, { width, height }: Size): Promise<Pixels> {
  const { data, channels } = pixels;
  const raw = { width: pixels.width, height: pixels.height, channels };
  const picture = sharp(data, { raw, limitInputPixels: false });
  if (channels === 1) picture.toColourspace('b-w');
  const resized = await picture.resize(width, height, { fit: 'fill' }).raw().toBuffer();
  return { data: resized, width, height, channels };
}

/** A part of a picture, and where it lies in it. */
export interface Part {
  x: number;
  y: number;
  part: GrayImage;
}

/**
 * The areas of a picture, each as a picture of its own; without areas all of it.
 * @param scale how many pixels of the areas' picture one of `gray` is wide
 */
export function partsOf(gray: GrayImage, areas: readonly Box[] | undefined, scale: number): Part[] {
  if (!areas) return [{ x: 0, y: 0, part: gray }];
  return areas.flatMap((area) => {
    const x = Math.max(0, Math.floor(area.x / scale));
    const y = Math.max(0, Math.floor(area.y / scale));
    const width = Math.min(gray.width, Math.ceil((area.x + area.width) / scale)) - x;
    const height = Math.min(gray.height, Math.ceil((area.y + area.height) / scale)) - y;
    return width > 0 && height > 0 ? [{ x, y, part: cropGray(gray, { x, y, width, height }) }] : [];
  });
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

/** A box in a picture of another size: inside it, in whole pixels, at least one each way. */
export function scaleBox(box: Box, by: number, { width, height }: Size): Box {
  const x = Math.min(Math.round(box.x * by), width - 1);
  const y = Math.min(Math.round(box.y * by), height - 1);
  return {
    x,
    y,
    width: Math.min(Math.max(1, Math.round(box.width * by)), width - x),
    height: Math.min(Math.max(1, Math.round(box.height * by)), height - y),
  };
}

/** A face of the smaller picture in the full one, inside it. */
export const scaleFace = (face: Face, by: number, size: Size): Face => ({
  ...face,
  ...scaleBox(face, by, size),
});
