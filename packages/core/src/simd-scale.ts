import type { Search, Size } from './option.js';

/** One size of window, and the scaled-down image in which it has the cascade's own size. */
export interface Layer {
  /** float32: everything after the choice of scales is computed with it */
  scale: number;
  /** pixels of the scaled-down image */
  width: number;
  height: number;
  /** pixels of that image from one window to the next */
  step: 1 | 2;
  /** windows start in these rows and columns: from 0 to less than these */
  rows: number;
  columns: number;
  /** the window in pixels of the whole image */
  window: Size;
}

const { fround } = Math;

/** To the nearest integer, halves to the even one, as cvRound does. */
export function roundEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

function windowAt({ width, height }: Size, scale: number): Size {
  return { width: roundEven(fround(width * scale)), height: roundEven(fround(height * scale)) };
}

/**
 * The scales OpenCV searches. The factor grows in double and is kept as float32; sizes are float32 products.
 * When no window is between minSize and maxSize, it takes the one nearest to minSize.
 */
function scalesOf(window: Size, image: Size, { scaleFactor, minSize, maxSize }: Search): number[] {
  const all: number[] = [];
  for (let factor = 1; ; factor *= scaleFactor) {
    if (roundEven(window.width * factor) > image.width || roundEven(window.height * factor) > image.height)
      break;
    all.push(fround(factor));
  }
  const first = all.findIndex((scale) => {
    const { width, height } = windowAt(window, scale);
    return width > maxSize.width || height > maxSize.height;
  });
  const scales = (first < 0 ? all : all.slice(0, first)).filter((scale) => {
    const { width, height } = windowAt(window, scale);
    return width >= minSize.width && height >= minSize.height;
  });
  if (scales.length > 0) return scales;
  let nearest: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const scale of all) {
    const { width, height } = windowAt(window, scale);
    // in 32-bit integers, which wrap
    const [dx, dy] = [minSize.width - width, minSize.height - height];
    const distance = (Math.imul(dx, dx) + Math.imul(dy, dy)) | 0;
    if (distance < least) [least, nearest] = [distance, scale];
  }
  return nearest === undefined ? [] : [nearest];
}

/** Every layer of a search, as OpenCV 4.x makes them. */
export function layersOf(window: Size, image: Size, search: Search): Layer[] {
  let stripes = 0;
  return scalesOf(window, image, search).map((scale) => {
    const width = roundEven(fround(image.width / scale));
    const height = roundEven(fround(image.height / scale));
    const step = scale >= 2 ? 1 : 2;
    const columns = Math.max(width + 1 - window.width, 0);
    const rows = Math.max(height + 1 - window.height, 0);
    // OpenCV shares the rows among stripes, as many as the first layer's width says; rounding can lose the last row
    stripes ||= Math.max(Math.ceil(columns / 32), 1);
    const stripe = Math.max(Math.floor((Math.floor(rows / step) + stripes - 1) / stripes), 1) * step;
    return {
      scale,
      width,
      height,
      step,
      rows: Math.min(rows, stripe * stripes),
      columns,
      window: windowAt(window, scale),
    };
  });
}
