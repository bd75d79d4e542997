import { toRgb } from '@facepipe/core';
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

/** The pixels of one box, copied out of the frame: grey as it is, all else in RGB. */
export function cropFrame(frame: Frame, box: Box): Pixels {
  if (frame.format !== 'gray') return { ...toRgb(frame, box), channels: 3 };
  const { width, height } = box;
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (box.y + y) * frame.width + box.x;
    data.set(frame.data.subarray(start, start + width), y * width);
  }
  return { data, width, height, channels: 1 };
}
