import type { Image } from '@facepipe/core';
import type { Frame } from '../source/source.js';

/**
 * What the detector looks at. A camera's brightness is taken as it is, without a way through RGB: from 16 to 235, so its
 * numbers are not those of cvtColor's grey of the same picture, only their contrast is.
 */
export function imageOf({ data, width, height, format }: Frame): Image {
  if (format !== 'nv12' && format !== 'i420') return { data, width, height, format };
  // both begin with all of it
  return { data: data.subarray(0, width * height), width, height, format: 'gray' };
}
