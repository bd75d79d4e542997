import sharp from 'sharp';
import { toGray } from '../dist/gray.js';
import type { GrayImage } from '../dist/image.js';

/** The photographs of the goldens, decoded without loss. */
const files = {
  astronaut: '../../edge/photos/astronaut.png',
  camera: '../../edge/photos/camera.png',
  hopper: '../golden/hopper.png',
};

export type PhotoName = keyof typeof files;

export const photoNames = Object.keys(files) as PhotoName[];

export async function rgbPhoto(name: PhotoName): Promise<GrayImage> {
  const url = new URL(files[name], import.meta.url);
  const { fileURLToPath } = await import('node:url');
  const { data, info } = await sharp(fileURLToPath(url))
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

export async function grayPhoto(name: PhotoName): Promise<GrayImage> {
  return toGray({ ...(await rgbPhoto(name)), format: 'rgb' });
}

/** The part from (x, y) on, copied row by row. */
export function cropped(
  image: GrayImage,
  [x, y, width, height]: readonly [number, number, number, number],
): GrayImage {
  const data = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (y + row) * image.width + x;
    data.set(image.data.subarray(from, from + width), row * width);
  }
  return { data, width, height };
}
