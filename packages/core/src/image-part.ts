import type { Box } from './box.js';
import { toGray } from './gray.js';
import { bytesPerPixel, expectImage, type Image } from './image.js';
import { toRgb } from './rgb.js';

/** A box of an image whose rows are packed: that of a padded image, whose padding is what lies beside the box. */
function cut({ data, width, format }: Image, box: Box): Image {
  const stride = width * bytesPerPixel[format];
  const first = box.y * stride + box.x * bytesPerPixel[format];
  return expectImage({ data: data.subarray(first), width: box.width, height: box.height, format, stride });
}

/**
 * A box of an image as an image of its own: a copy of these pixels alone.
 * @param image whole, its rows packed
 * @param box inside the image
 * @param inColour whether colours are looked at. Those of yuyv, nv12 and i420 cover several pixels, and become red,
 *   green and blue, for the box may begin between them; without, their luma is what is cut out.
 */
export function partOf(image: Image, box: Box, inColour: boolean): Image {
  const { data, width, format } = image;
  if (format !== 'yuyv' && format !== 'nv12' && format !== 'i420') return cut(image, box);
  if (inColour) return { ...toRgb(image, box), format: 'rgb' };
  if (format !== 'yuyv') return cut({ ...toGray(image), format: 'gray' }, box);
  // of the rows of the box alone
  const rows = data.subarray(2 * width * box.y, 2 * width * (box.y + box.height));
  const luma = toGray({ data: rows, width, height: box.height, format });
  return cut({ ...luma, format: 'gray' }, { ...box, y: 0 });
}
