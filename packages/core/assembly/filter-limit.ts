// What a filter compares a feature with, for filter.ts, which has the proofs.
import { windowHeight, windowWidth } from './cascade';
import { SMALL } from './contrast';
import { ANY_SHAPE } from './corner';
import { orderAt, rangeAt } from './feature';

/** Stages with a filter: after these few windows are left, and a second judgement would cost more than it saves. */
export const STAGES_FILTERED: i32 = 14;

/** Sections of a filter: sums of 6, 8, 9 corners, 9 that ask v < A; the same of halves; of any corners; in 32 bits. */
export const NINE: i32 = 2;
export const LESS: i32 = 3;
export const HALF: i32 = 4;
export const FREE: i32 = 8;
export const WIDE: i32 = 9;
/** not asked */
export const NOT_ASKED: i32 = 10;

/** |t_q| is at most this: the limit is then at most a third of one off by the rounding of the contrast */
const LARGEST_LIMIT: f64 = 16384;
/** thresholds beyond have no shift: no trained cascade comes near */
const LARGEST_THRESHOLD: f64 = 1000;

/** Whether contrasts of windows of this size fit in 16 bits when halved. */
export function isWindowSmall(): bool {
  return windowWidth * windowHeight <= SMALL;
}

function area(): f64 {
  return <f64>((windowWidth - 2) * (windowHeight - 2));
}

export function isAsked(threshold: f64): bool {
  return abs(threshold) < LARGEST_THRESHOLD;
}

/** Bits to take off the 32-bit sum, so that 16 bits hold it and the limit. */
export function shiftOf(range: i32, threshold: f64): i32 {
  let shift = 0;
  while (range >= 1 << (15 + shift)) shift++;
  while (abs(threshold) >= 0.25 * <f64>(1 << shift)) shift++;
  return shift;
}

/** t_q of a feature that has lost some bits. `less`: for the question v < A. */
export function limitOf(threshold: f64, shift: i32, less: bool): i32 {
  const exact = (threshold * 65536) / <f64>(1 << shift);
  return <i32>(less ? Math.floor(exact) : Math.ceil(exact));
}

/** What is added to a limit so that it is beyond half of `positive`, what halves are off by, in every window. */
function beyond(positive: i32): f64 {
  return Math.ceil((<f64>positive * 16384) / (5 * area() - 1));
}

/** t_q of a sum of halves whose positive weights add up to `positive`. */
export function halfLimitOf(threshold: f64, positive: i32, less: bool): i32 {
  const limit = <f64>limitOf(threshold, 1, less);
  return <i32>(less ? limit - beyond(positive) : limit + beyond(positive));
}

/** Whether the sum of halves fits in 16 bits, and its limit. */
export function hasHalf(node: u32, threshold: f64, positive: i32): bool {
  return (
    rangeAt(node) + positive < 1 << 16 &&
    <f64>abs(limitOf(threshold, 1, false)) + 1 + beyond(positive) <= LARGEST_LIMIT
  );
}

/** Whether 16 bits hold the feature's sum and its limit. */
export function isNarrow(node: u32, threshold: f64): bool {
  return rangeAt(node) < 1 << 15 && abs(threshold) < 0.25;
}

export function isArranged(node: u32): bool {
  return (orderAt(node) & 3) !== ANY_SHAPE;
}
