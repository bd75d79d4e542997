import type { Box, Pixels } from '@facepipe/wire';
import type { Frame } from '../source/source.js';
import { rgbOf } from './colour.js';

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

/** The pixels of one box, copied out of the frame; of a camera's YUV only these become RGB. */
export function cropFrame(frame: Frame, box: Box): Pixels {
  if (frame.format !== 'gray' && frame.format !== 'rgb') {
    const { width, height } = box;
    return { data: new Uint8Array(rgbOf(frame, box).buffer), width, height, channels: 3 };
  }
  const channels = frame.format === 'gray' ? 1 : 3;
  const stride = frame.width * channels;
  const row = box.width * channels;
  const data = new Uint8Array(row * box.height);
  for (let y = 0; y < box.height; y++) {
    const start = (box.y + y) * stride + box.x * channels;
    data.set(frame.data.subarray(start, start + row), y * row);
  }
  return { data, width: box.width, height: box.height, channels };
}
