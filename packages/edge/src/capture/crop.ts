import { type GrayImage, toRgb } from '@facepipe/core';
import type { Box, Pixels } from '@facepipe/wire';
import type { Frame } from '../source/source.js';

/** The box grown by `padding` of its size on every side and clipped to the frame. */
export function padBox(box: Box, padding: number, frame: { width: number; height: number }): Box {
  const dx = Math.round(box.width * padding);
  const dy = Math.round(box.height * padding);
  const x = Math.max(0, box.x - dx);
  const y = Math.max(0, box.y - dy);
  return {
    x,
    y,
    width: Math.min(frame.width, box.x + box.width + dx) - x,
    height: Math.min(frame.height, box.y + box.height + dy) - y,
  };
}

/** The pixels of one box, copied out of a grey picture. */
export function cropGray({ data, width: stride }: GrayImage, { x, y, width, height }: Box): GrayImage {
  const crop = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = (y + row) * stride + x;
    crop.set(data.subarray(start, start + width), row * width);
  }
  return { data: crop, width, height };
}

/** The pixels of one box, copied out of the frame: grey as it is, all else in RGB. */
export function cropFrame(frame: Frame, box: Box): Pixels {
  if (frame.format === 'gray') return { ...cropGray(frame, box), channels: 1 };
  return { ...toRgb(frame, box), channels: 3 };
}
