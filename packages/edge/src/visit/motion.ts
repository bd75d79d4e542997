import type { Box } from '@facepipe/wire';
import { corrected, type Estimate, firstEstimate, predicted } from './kalman.js';

/** A moving box: its middle, and the logarithm of its size, the geometric mean of its sides. */
export interface Motion {
  x: Estimate;
  y: Estimate;
  size: Estimate;
  /** Width divided by height, of the last box. */
  aspect: number;
}

// In face sizes: how far boxes of a resting face lie apart, how fast heads go, and how they speed up.
const noise = { place: 0.06, size: 0.08 };
const speed = { place: 2, size: 0.5 };
const agitation = { place: 8, size: 2 };

export const sizeOf = ({ width, height }: Box): number => Math.sqrt(width * height);
export const middleOf = ({ x, y, width, height }: Box) => ({ x: x + width / 2, y: y + height / 2 });

export function firstMotion(box: Box): Motion {
  const { x, y } = middleOf(box);
  const size = sizeOf(box);
  return {
    x: firstEstimate(x, noise.place * size, speed.place * size),
    y: firstEstimate(y, noise.place * size, speed.place * size),
    size: firstEstimate(Math.log(size), noise.size, speed.size),
    aspect: box.width / box.height,
  };
}

/** Where the box is so many seconds later. */
export function movedOn(motion: Motion, seconds: number): Motion {
  const unit = Math.exp(motion.size.value);
  return {
    ...motion,
    x: predicted(motion.x, seconds, agitation.place * unit),
    y: predicted(motion.y, seconds, agitation.place * unit),
    size: predicted(motion.size, seconds, agitation.size),
  };
}

/** The motion after a look; `doubt` multiplies the noise of a box that is worth less. Default 1. */
export function seenAt(motion: Motion, box: Box, doubt = 1): Motion {
  const { x, y } = middleOf(box);
  const size = sizeOf(box);
  return {
    x: corrected(motion.x, x, noise.place * size * doubt),
    y: corrected(motion.y, y, noise.place * size * doubt),
    size: corrected(motion.size, Math.log(size), noise.size * doubt),
    aspect: box.width / box.height,
  };
}

export function boxOf({ x, y, size, aspect }: Motion): Box {
  const unit = Math.exp(size.value);
  const [width, height] = [unit * Math.sqrt(aspect), unit / Math.sqrt(aspect)];
  return { x: x.value - width / 2, y: y.value - height / 2, width, height };
}

/** Face sizes a second. */
export const speedOf = ({ x, y, size }: Motion): number =>
  Math.hypot(x.velocity, y.velocity) / Math.exp(size.value);
