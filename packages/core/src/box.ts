import { argumentError, expectInteger, isObject } from './argument.js';
import type { Size } from './option.js';

/** A rectangle in pixels of an image, from its top left corner. A `Face` is one. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** @throws FACEPIPE_E_ARGUMENT unless `box` has whole pixels, at least one, and lies within the image */
export function expectBox(box: unknown, { width, height }: Size): Box {
  if (!isObject(box)) throw argumentError('object with x, y, width and height', 'box', box);
  const given: Partial<Record<keyof Box, unknown>> = box;
  const x = expectInteger('box.x', given.x, 0, width - 1);
  const y = expectInteger('box.y', given.y, 0, height - 1);
  return {
    x,
    y,
    width: expectInteger('box.width', given.width, 1, width - x),
    height: expectInteger('box.height', given.height, 1, height - y),
  };
}
