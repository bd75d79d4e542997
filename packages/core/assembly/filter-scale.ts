// The leaves of a stage in 16 bits, for filter.ts. A window starts with what its trees could reach at most above the
// stage's threshold, the slack, and loses what each leaf is less than its tree's best: it passes if nothing is missing.
//
// A loss of d is the integer d·scale rounded, at most 32,767; scale makes the slack 32,000. The optimistic start is
// raised by all that losses may be rounded up, so a window below 0 has lost more than the slack. The pessimistic start
// is lowered by all that they may be rounded down, so a window at 0 or above has not. A loss that was cut to 32,767 is
// more than the slack, and leaves the pessimistic start, at most 32,000, below 0. Saturation at −32,768 keeps signs.
//
// OpenCV's sum in double is off by at most 2⁻⁵³ of all leaves for each tree: 10⁻⁹ of them is more for any number of
// trees that fits.

const WHOLE: f64 = 32000;
const LARGEST: f64 = 32767;

let scale: f64 = 0;
let slack: f64 = 0;
let sure: f64 = 0;
/** whether the best leaves do not reach the threshold */
let isHopeless: bool = false;
/** what losses may be rounded up in all, and down */
let over: f64 = 0;
let under: f64 = 0;
/** the same of the tree at hand */
let treeOver: f64 = 0;
let treeUnder: f64 = 0;

/** `best`: the best leaves of all trees added up; `largest`: the largest absolute values of all trees' leaves. */
export function beginScale(best: f64, largest: f64, threshold: f64): void {
  const size = largest + abs(threshold);
  const margin = 1e-9 * size;
  slack = max<f64>(best - threshold + margin, 1e-6 * size + 1e-12);
  sure = best - threshold - margin;
  isHopeless = best - threshold + margin < 0;
  scale = WHOLE / slack;
  over = 0;
  under = 0;
}

/** A loss in 16 bits, of a leaf of the tree at hand. */
export function scaled(loss: f64): i32 {
  const exact = loss * scale;
  const used = min<f64>(LARGEST, nearest<f64>(exact));
  treeOver = max<f64>(treeOver, used - exact);
  if (exact <= LARGEST) treeUnder = max<f64>(treeUnder, exact - used);
  return <i32>used;
}

/** All leaves of a tree have been scaled. */
export function endTree(): void {
  over += treeOver;
  under += treeUnder;
  treeOver = 0;
  treeUnder = 0;
}

/** A tree that is not asked may lose that. */
export function passOver(loss: f64): void {
  under += loss * scale;
}

/** Where windows start that are rejected below 0, or more than 16 bits hold. */
export function optimisticBound(): i32 {
  if (isHopeless) return -1;
  return <i32>min<f64>(LARGEST + 1, Math.ceil(slack * scale + over));
}

/** Where windows start that pass at 0 or above. */
export function pessimisticBound(): i32 {
  return <i32>max<f64>(-30000, Math.floor(sure * scale - under));
}

export function isInRange(start: i32): bool {
  return start <= <i32>LARGEST;
}
