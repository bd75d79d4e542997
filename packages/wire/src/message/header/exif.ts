import type { FileHeader } from './file-header.js';
import { readIfd } from './ifd.js';

/** Bytes of EXIF that are looked at: a JPEG segment holds no more, and the first directory stands in front. */
const maxExif = 65_536;

/** Characters of a description that are read; the longest of facepipe's own has fewer than 10,000. */
const maxDescription = 16_384;

const imageDescription = 0x010e;
export const orientation = 0x0112;

/**
 * Orientation and description from the first directory of an EXIF block, with or without `Exif\0\0` before it. Nothing
 * of a damaged one, which is common in photographs and says nothing about the picture.
 */
export function readExif(block: Buffer | undefined): Pick<FileHeader, 'orientation' | 'description'> {
  if (!block) return {};
  const from = block.toString('latin1', 0, 5) === 'Exif\0' ? 6 : 0;
  try {
    const ifd = readIfd(block.subarray(from, from + maxExif), [imageDescription, orientation]);
    const description = ifd.text(imageDescription, maxDescription);
    return {
      orientation: ifd.integer(orientation) ?? 1,
      ...(description === undefined ? {} : { description }),
    };
  } catch (error) {
    if (error instanceof RangeError) return {};
    throw error;
  }
}
