// Makes the code of a filter of stumps, as filter.ts and filter-first.ts do it: straight on, its constants in place.
import { contrast, left, limit, sure, value } from './code-local';
import {
  addQuestion,
  addressOf,
  ask,
  cornersOf,
  FREE,
  keptOf,
  QUESTION_BYTES,
  shapeOf,
  WIDE,
} from './code-question';
import {
  ADD_16,
  AND,
  anchor,
  GREATER_16,
  get,
  LESS_16,
  LOSE_16,
  number,
  SPLAT_16,
  SUBTRACT_16,
  set,
  splatAt,
  vector,
} from './code-writer';

/** a question, and whether it asks v < A */
const STUMP: usize = QUESTION_BYTES + 4;

let scale: u32 = 0;
let isFirst: bool = false;
let halves: i32 = 0;

/** Notes all features of the filter at `to`; answers their number. */
function gather(filter: usize, to: usize): i32 {
  let at = filter + 48;
  let count = 0;
  for (let section = 0; section < 10; section++) {
    const kind = section & 3;
    const shape = section >= 8 ? FREE + (section - 8) : min(kind, 2);
    for (let left = load<i32>(filter + ((<usize>section) << 2), 8); left > 0; left--, to += STUMP, count++) {
      addQuestion(to, at, shape, at, section >= 4 && section < 8 ? halves : 0);
      store<i32>(to, section < 8 && kind === 3 ? 1 : 0, QUESTION_BYTES);
      at += section < 8 ? ((<usize>cornersOf(shape)) << 2) + 8 : 16 + (load<usize>(at, 12) << 3);
    }
  }
  return count;
}

/** What `from` keeps when windows beyond the limit, moved by `band`, lose what they lose. */
function lose(from: i32, numbers: usize, isLess: bool, band: i32): void {
  get(from);
  get(value());
  get(limit());
  if (band > 0) {
    number(band);
    vector(SPLAT_16);
    vector(isLess ? ADD_16 : SUBTRACT_16);
  }
  vector(isLess ? LESS_16 : GREATER_16);
  splatAt(numbers + 4);
  vector(AND);
  vector(LOSE_16);
  set(from);
  anchor(from);
}

function writeStump(stump: usize): void {
  const shape = shapeOf(stump);
  const at = addressOf(stump);
  const isLess = load<i32>(stump, QUESTION_BYTES) !== 0;
  const isShaped = shape < FREE;
  /** the limit, and after it the loss */
  const numbers = at + ((<usize>cornersOf(shape)) << 2);
  const extra = isShaped ? 0 : shape === WIDE ? load<i32>(at, 8) : load<i32>(at, 8) * halves;
  ask(stump, at + 12, extra);
  set(value());
  get(contrast());
  splatAt(numbers);
  vector(scale);
  set(limit());
  lose(left(), numbers, isLess, 0);
  if (isFirst) lose(sure(), numbers, isLess, shape === WIDE ? 3 : 2);
}

/** Writes what a filter of stumps does. `work`: room for its features; `halvesAt`: bytes from pairs to halves. */
export function writeStumps(filter: usize, work: usize, first: bool, scaling: u32, halvesAt: i32): void {
  scale = scaling;
  isFirst = first;
  halves = halvesAt;
  let count = gather(filter, work);
  const end = work + <usize>count * STUMP;
  for (; count > 0; count--) {
    let best: usize = 0;
    let most = -1;
    for (let stump = work; stump < end; stump += STUMP) {
      if (addressOf(stump) === 0) continue;
      const kept = keptOf(stump);
      if (kept <= most) continue;
      most = kept;
      best = stump;
    }
    writeStump(best);
    // done
    store<u32>(best, 0);
  }
}

export function stumpBytes(filter: usize): usize {
  let count: usize = 0;
  for (let section: usize = 0; section < 10; section++) count += load<u32>(filter + (section << 2), 8);
  return count * STUMP;
}
