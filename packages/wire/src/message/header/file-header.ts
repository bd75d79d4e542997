import type { Size } from '../face.js';

/** What an image file's header says of its picture. */
export interface FileHeader extends Size {
  /** EXIF orientation: 5 to 8 are pictures that lie on their side. Absent or out of range: upright. */
  orientation?: number;
  /** EXIF ImageDescription (0x010E). */
  description?: string;
}

/** Pixels a side above which no header is believed: libvips' own limit (`VIPS_MAX_COORD`). */
const maxSide = 100_000_000;

/**
 * Chunks, segments or blocks of a file that are walked through before its header counts as endless: those of a PNG of
 * 128 MiB in the 8 KiB that libpng writes at a time. They take about a millisecond.
 */
export const maxPieces = 16_384;

/** What each parser throws, as a read beyond the end of a buffer does: the header is damaged, and nothing else is. */
export function damaged(reason: string): RangeError {
  return new RangeError(reason);
}

/**
 * The size of the picture as it is shown.
 * @throws RangeError when a side is 0 or above `maxSide`
 */
export function uprightSize({ width, height, orientation = 1 }: FileHeader): Size {
  if (!(Math.min(width, height) >= 1 && Math.max(width, height) <= maxSide)) {
    throw damaged(`${width}×${height} is not a size of a picture`);
  }
  return orientation >= 5 && orientation <= 8 ? { width: height, height: width } : { width, height };
}
