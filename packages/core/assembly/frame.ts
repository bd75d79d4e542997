// What src/simd-frame.ts writes before each layer: 32-bit integers from address 1024, in this order.
const FRAME: usize = 1024;

export function frame(slot: i32): i32 {
  return load<i32>(FRAME + ((<usize>slot) << 2));
}

/** source image: address, width, height */
export const IMAGE = 0;
export const IMAGE_WIDTH = 1;
export const IMAGE_HEIGHT = 2;
/** layer, in pixels */
export const WIDTH = 3;
export const HEIGHT = 4;
/** from one window to the next, 1 or 2; with 2 the columns of the integral images are split by parity */
export const STEP = 5;
/** rows and columns where windows start, both in pixels of the layer: from 0 to less than these */
export const ROWS = 6;
export const COLUMNS = 7;
/** the window, in pixels */
export const WINDOW_WIDTH = 8;
export const WINDOW_HEIGHT = 9;
/** bytes from row to row of the integral images, and from the even to the odd columns */
export const STRIDE = 10;
export const HALF = 11;
/** rows the integral images have room for */
export const ROOM = 12;
/** addresses: integral image, of squares, tilted (0 when not used) */
export const SUM = 13;
export const SQUARES = 14;
export const TILTED = 15;
/** addresses of tables and of rows of pixels */
export const X_OFFSETS = 16;
export const X_WEIGHTS = 17;
export const BLEND = 18;
export const PIXELS = 19;
export const ABOVE = 20;
/** the cascade, as layout.ts writes it */
export const PROGRAM = 21;
/** hits, 16 bytes each: x, y, and in float64 what the last stage adds up to or 0; address and how many fit */
export const HITS = 22;
export const HITS_ROOM = 23;
/** a float32 for each of eight windows, whose rows take turns */
export const FACTORS = 24;
/** the places of windows that are still in (row.ts), two lists */
export const LIST = 25;
export const NEXT_LIST = 26;
/** whether the features are LBP */
export const LBP = 27;
/** for each pixel the lower 16 bits of its sum and of the sum a row of windows below */
export const PAIRS = 28;
/**
 * 1024 × 16 bits: for each set of rejections among four columns of two rows (and, 256 and 512 more, when the first
 * window of row A or B is passed over) the windows that are looked at, and 256 and 512 when the next ones are passed
 * over
 */
export const CHAIN = 29;
/** 256 × 8 bytes: the places of the bits of each byte */
export const PLACES = 30;
/** whether hits need what the last stage adds up to */
export const SCORES = 31;
/** half the contrast of each window in 16 bits, where PAIRS has its pair */
export const SDS = 32;
/** bytes from the pairs to the same of sums without their last bit, or 0 when not used */
export const HALVES = 33;
/** how many rows of windows are searched at a time, a multiple of 4 */
export const BATCH = 34;
