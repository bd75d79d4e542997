// The corners of a feature's rectangles, each pixel of the integral image once with how often it counts: rectangles share
// corners, so two rectangles take 6 loads and not 8. And the shape of the sum that the vector code makes of them.
import { firstRectangle, height, isTilted, left, rectanglesOf, top, weight, width } from './cascade';

/** Below the frame: up to 12 corners, each x + 2¹⁶ y and its count; the same in order; edges in two directions. */
const CORNERS: usize = 64;
const ARRANGED: usize = 192;
const COLUMN_EDGES: usize = 320;
const ROW_EDGES: usize = 352;

/** Shapes 0, 1 and 2 are sums of 6, 8 and 9 corners in 16 bits, 3 is a sum of any number in 32 bits. */
export const ANY_SHAPE: i32 = 3;
/** in a shape: all corners count the other way round, so the opposite question is asked */
export const TURNED: i32 = 4;

/** How often each corner counts in the order of the kernel's loads: four bits a corner, 4 more than the number. */
function patternOf(shape: i32): u64 {
  return shape === 0 ? 0x263355 : shape === 1 ? 0x11773355 : 0x822225555;
}

export function cornersOfShape(shape: i32): i32 {
  return shape === 0 ? 6 : shape + 7;
}

let count: i32 = 0;
let at: usize = CORNERS;

export function cornerCount(): i32 {
  return count;
}

export function cornerX(index: i32): i32 {
  return load<u16>(at + ((<usize>index) << 3));
}

export function cornerY(index: i32): i32 {
  return load<u16>(at + ((<usize>index) << 3), 2);
}

export function cornerTimes(index: i32): i32 {
  return load<i32>(at + ((<usize>index) << 3), 4);
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
export function gatherCorners(feature: u32): void {
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
export function arrangeCorners(shape: i32): bool {
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

/** Whether every partial sum of the feature is an integer that float32 holds. */
export function isInteger(feature: u32): bool {
  let most: f64 = 0;
  const first = firstRectangle(feature);
  for (let index = first; index < first + rectanglesOf(feature); index++) {
    const times: f64 = weight(index);
    if (nearest(times) !== times) return false;
    most += abs(times) * <f64>(width(index) * height(index) * (isTilted(feature) ? 2 : 1));
  }
  return most * 255 < 2 ** 24;
}

/** Puts `value` in its place among `length` ascending ones. */
function insert(list: usize, length: i32, value: i32): void {
  let to = list + ((<usize>length) << 2);
  for (; to > list && load<i32>(to - 4) > value; to -= 4) store<i32>(to, load<i32>(to - 4));
  store<i32>(to, value);
}

/** Whether the feature's sum lies between −2¹⁵ and 2¹⁵ whatever the pixels are. */
function fits16(feature: u32): bool {
  if (isTilted(feature)) return false;
  // the rectangles' edges cut the window into fields of one weight each
  const first = firstRectangle(feature);
  const end = first + rectanglesOf(feature);
  let edges = 0;
  for (let index = first; index < end; index++) {
    insert(COLUMN_EDGES, edges, left(index));
    insert(ROW_EDGES, edges, top(index));
    insert(COLUMN_EDGES, edges + 1, left(index) + width(index));
    insert(ROW_EDGES, edges + 1, top(index) + height(index));
    edges += 2;
  }
  let most = 0;
  let least = 0;
  for (let row: usize = ROW_EDGES; row < ROW_EDGES + (edges << 2) - 4; row += 4) {
    for (let column: usize = COLUMN_EDGES; column < COLUMN_EDGES + (edges << 2) - 4; column += 4) {
      const y = load<i32>(row);
      const x = load<i32>(column);
      const area = (load<i32>(row, 4) - y) * (load<i32>(column, 4) - x);
      let times = 0;
      for (let index = first; index < end; index++) {
        const inRows = y >= top(index) && y < top(index) + height(index);
        const inColumns = x >= left(index) && x < left(index) + width(index);
        if (inRows && inColumns) times += <i32>weight(index);
      }
      if (times > 0) most += times * area;
      else least -= times * area;
    }
  }
  return 255 * max(most, least) < 1 << 15;
}

/** The shape of a feature with integer weights, and whether it is turned. */
export function shapeOf(feature: u32): i32 {
  if (!fits16(feature)) return ANY_SHAPE;
  gatherCorners(feature);
  for (let shape = 0; shape < ANY_SHAPE; shape++) {
    if (arrangeCorners(shape)) return shape;
    if (arrangeCorners(shape | TURNED)) return shape | TURNED;
  }
  return ANY_SHAPE;
}
