import { argumentError, expectInteger, isObject } from './argument.js';

/** A width and a height in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** A rectangle in pixels of an image, from its top left corner. A `Face` is one. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * @param name what messages call it
 * @throws FACEPIPE_E_ARGUMENT unless `box` has whole pixels, at least one, and lies within the image
 */
export function expectBox(box: unknown, { width, height }: Size, name = 'box'): Box {
  if (!isObject(box)) throw argumentError('object with x, y, width and height', name, box);
  const given: Partial<Record<keyof Box, unknown>> = box;
  const x = expectInteger(`${name}.x`, given.x, 0, width - 1);
  const y = expectInteger(`${name}.y`, given.y, 0, height - 1);
  return {
    x,
    y,
    width: expectInteger(`${name}.width`, given.width, 1, width - x),
    height: expectInteger(`${name}.height`, given.height, 1, height - y),
  };
}
