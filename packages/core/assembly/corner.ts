// The corners of a feature's rectangles, each pixel of the integral image once with how often it counts: rectangles
// share corners, so two rectangles take 6 loads and not 8. And the shape of the sum that the vector code makes of them.
import { firstRectangle, height, isTilted, left, rectanglesOf, top, weight, width } from './cascade';

/** Below the frame: up to 12 corners, each x + 2¹⁶ y and its count; the same in order. */
const CORNERS: usize = 64;
const ARRANGED: usize = 192;

/** Shapes 0, 1 and 2 are sums of 6, 8 and 9 corners in 16 bits, 3 is a sum of any number in 32 bits. */
export const ANY_SHAPE: i32 = 3;
/** in a shape: all corners count the other way round, so the opposite question is asked */
export const TURNED: i32 = 4;

/** How often each corner counts in the order of the kernel's loads: four bits a corner, 4 more than the number. */
function patternOf(shape: i32): u64 {
  return shape === 0 ? 0x263355 : shape === 1 ? 0x11773355 : 0x822225555;
}

function cornersOfShape(shape: i32): i32 {
  return shape === 0 ? 6 : shape + 7;
}

/** Of the corners that are kept: their number, then each one's place, x + 2¹⁶ y, and how often it counts. */
export const KEPT_BYTES: usize = 4 + 12 * 8;

let count: i32 = 0;
let at: usize = CORNERS;

/** Keeps the corners of the feature that was arranged last, in their order. */
export function keepCorners(to: usize): void {
  store<i32>(to, count);
  memory.copy(to + 4, at, (<usize>count) << 3);
}

function add(x: i32, y: i32, times: i32): void {
  const key = x | (y << 16);
  let to = CORNERS;
  for (const end = CORNERS + ((<usize>count) << 3); to < end; to += 8) {
    if (load<i32>(to) === key) {
      store<i32>(to, load<i32>(to, 4) + times, 4);
      return;
    }
  }
  store<i32>(to, key);
  store<i32>(to, times, 4);
  count++;
}

/** Gathers the corners of a feature with integer weights. A tilted rectangle lies at 45° with (x, y) as its top. */
function gatherCorners(feature: u32): void {
  count = 0;
  at = CORNERS;
  const first = firstRectangle(feature);
  const tilted = isTilted(feature);
  for (let index = first; index < first + rectanglesOf(feature); index++) {
    const x = left(index);
    const y = top(index);
    const w = width(index);
    const h = height(index);
    const times = <i32>weight(index);
    add(x, y, times);
    add(tilted ? x - h : x + w, tilted ? y + h : y, -times);
    add(tilted ? x + w : x, tilted ? y + w : y + h, -times);
    add(tilted ? x + w - h : x + w, tilted ? y + w + h : y + h, times);
  }
  let kept: usize = CORNERS;
  for (let from: usize = CORNERS, end = CORNERS + ((<usize>count) << 3); from < end; from += 8) {
    if (load<i32>(from, 4) === 0) continue;
    store<u64>(kept, load<u64>(from));
    kept += 8;
  }
  count = <i32>((kept - CORNERS) >> 3);
}

/** Puts the gathered corners in the order of the shape; answers false if they do not have it. */
function arrangeCorners(shape: i32): bool {
  const number = cornersOfShape(shape & 3);
  const sign = shape & TURNED ? -1 : 1;
  if (count !== number) return false;
  let used = 0;
  let pattern = patternOf(shape & 3);
  for (let to = 0; to < number; to++, pattern >>= 4) {
    const times = (<i32>(pattern & 15) - 4) * sign;
    let from = 0;
    while (from < number && ((used >> from) & 1 || load<i32>(CORNERS + ((<usize>from) << 3), 4) !== times))
      from++;
    if (from === number) return false;
    used |= 1 << from;
    store<u64>(ARRANGED + ((<usize>to) << 3), load<u64>(CORNERS + ((<usize>from) << 3)));
  }
  at = ARRANGED;
  return true;
}

/** The shape of an upright feature with integer weights, and whether it is turned: its corners are in that order. */
export function arrange(feature: u32): i32 {
  gatherCorners(feature);
  const shape = count === 6 ? 0 : count - 7;
  if (isTilted(feature) || shape < 0 || shape >= ANY_SHAPE) return ANY_SHAPE;
  if (arrangeCorners(shape)) return shape;
  return arrangeCorners(shape | TURNED) ? shape | TURNED : ANY_SHAPE;
}
