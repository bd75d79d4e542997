import { orientation } from './exif.js';
import { damaged, type FileHeader } from './file-header.js';
import { readIfd } from './ifd.js';

const imageWidth = 0x0100;
const imageLength = 0x0101;

/**
 * Size and orientation of the first page. Its own ImageDescription is what scanners and microscopes write, and no word
 * of facepipe's, which writes no TIFF.
 * @throws RangeError when the header is damaged
 */
export function readTiff(bytes: Buffer): FileHeader {
  const ifd = readIfd(bytes, [imageWidth, imageLength, orientation]);
  const [width, height] = [ifd.integer(imageWidth), ifd.integer(imageLength)];
  if (width === undefined || height === undefined) throw damaged('no size');
  return { width, height, orientation: ifd.integer(orientation) ?? 1 };
}
