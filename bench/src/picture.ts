import { fileURLToPath } from 'node:url';
import { type GrayImage, type Image, toGray } from '@facepipe/core';
import sharp from 'sharp';

const photos = new URL('../../packages/edge/photos/', import.meta.url);
const files = ['astronaut.png', 'grace_hopper.jpg', 'camera.png'] as const;

export interface GrayPicture extends GrayImage {
  /** such as 640×480 */
  name: string;
}

/** Photographs side by side, in so many columns and rows, filling the size. */
export async function colourPicture(width: number, height: number, columns = 1, rows = 1): Promise<Image> {
  const [cellWidth, cellHeight] = [Math.ceil(width / columns), Math.ceil(height / rows)];
  const cells = Array.from({ length: columns * rows }, async (_, index) => {
    const file = fileURLToPath(new URL(files[index % files.length] ?? files[0], photos));
    const cell = sharp(file).toColourspace('srgb').removeAlpha();
    const input = await cell
      .resize(cellWidth, cellHeight, { fit: 'cover', position: 'top' })
      .png()
      .toBuffer();
    return { input, left: (index % columns) * cellWidth, top: Math.floor(index / columns) * cellHeight };
  });
  const whole = {
    width: cellWidth * columns,
    height: cellHeight * rows,
    channels: 3,
    background: 'gray',
  } as const;
  const sheet = await sharp({ create: whole })
    .composite(await Promise.all(cells))
    .png()
    .toBuffer();
  const { data } = await sharp(sheet)
    .extract({ left: 0, top: 0, width, height })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width, height, format: 'rgb' };
}

/** The same, grey as the detector sees it. */
export async function picture(...args: Parameters<typeof colourPicture>): Promise<GrayPicture> {
  const image = await colourPicture(...args);
  return { name: `${image.width}×${image.height}`, ...toGray(image) };
}
