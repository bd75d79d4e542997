import type { Box } from '@facepipe/wire';

/** The area that two boxes have in common. */
export function shared(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Intersection over union (IoU) of two boxes, 0 to 1. */
export function overlap(a: Box, b: Box): number {
  const both = shared(a, b);
  return both === 0 ? 0 : both / (a.width * a.height + b.width * b.height - both);
}

/** How much of the smaller box lies in the other one, 0 to 1. */
export function contained(a: Box, b: Box): number {
  const both = shared(a, b);
  return both === 0 ? 0 : both / Math.min(a.width * a.height, b.width * b.height);
}

/** A box in other units: all of it times `by`. */
export const scaled = ({ x, y, width, height }: Box, by: number): Box => {
  return { x: x * by, y: y * by, width: width * by, height: height * by };
};
