// A stage of stumps as a filter in 16 bits: for eight windows, whose lanes take turns as in vector.ts, whether they may
// pass. It never rejects a window that passes; what comes through all filters is judged again by vector.ts.
//
// Let sd = √(area·Σ² − (Σ)²) of a window and s the integer nearest to sd/2 (contrast.ts), off by at most 0.67. A stump
// asks v < t·sd of a feature v; u = ±v is the side on which large values lose, u > τ = ±t·sd. With t_q = ⌈±t·2¹⁶⌉ and
// |t| < ¼ the limit A = (s·t_q + 2¹⁴) >> 15, one instruction, is τ within these bounds:
//   A ≥ τ − ½ − 0.67·|t_q|/2¹⁵ ≥ τ − 0.84, so u > A, which is u ≥ A + 1, is u > τ + 0.16: lost for certain.
//   A ≤ τ + ½ + s/2¹⁵ + 0.34 ≤ τ + 1.83, so u ≤ A − 2 is u < τ − 0.16: not lost for certain.
// OpenCV rounds 1/sd and v/sd to float32, which moves what v is compared with by at most 2⁻²²·2¹⁵ < 0.01.
//
// A feature of up to 17 bits is summed from halves, S >> 1: the sum is off v/2 by at most half of what its positive
// weights add up to, and the limit is beyond that. One of 32 bits, or with a larger t, loses `shift` bits of its sum,
// and so does t: rounded down, a lost one is still lost, and u ≤ A − 3 is not lost for certain.
//
// Filter (words): optimistic start, pessimistic start (filter-start.ts), numbers of features in ten sections (of 6, 8
// and 9 corners, 9 corners that ask v < A; the same of halves; any corners; any in 32 bits). Feature: offsets of
// corners, t_q, loss; with any corners t_q, loss, 1 for halves or the shift, corners, and for each its offset and
// weight. All 16-bit numbers stand twice in a word.
import { frame, HALVES } from './frame';
import { eightCorners, nineCorners, sixCorners } from './sum';

/** The weighted sum of any corners in 16 bits, from count on. */
export function anyCorners(pairs: usize, at: usize): v128 {
  let value = i16x8.splat(0);
  const end = at + 4 + (load<u32>(at) << 3);
  for (at += 4; at < end; at += 8) {
    const weight = v128.load_splat<i32>(at, 4);
    value = i16x8.add(value, i16x8.mul(v128.load(pairs + load<u32>(at)), weight));
  }
  return value;
}

/** The same in 32 bits, without the last `shift` ones. */
export function wideCorners(sums: usize, next: usize, shift: i32, at: usize): v128 {
  let first = i32x4.splat(0);
  let second = i32x4.splat(0);
  const end = at + 4 + (load<u32>(at) << 3);
  for (at += 4; at < end; at += 8) {
    const corner = sums + load<u32>(at);
    const weight = v128.load_splat<i32>(at, 4);
    first = i32x4.add(first, i32x4.mul(v128.load(corner), weight));
    second = i32x4.add(second, i32x4.mul(v128.load(corner + next), weight));
  }
  first = v128.and(i32x4.shr_s(first, shift), i32x4.splat(0xffff));
  return v128.or(first, i32x4.shl(i32x4.shr_s(second, shift), 16));
}

/** Bits of the windows among `alive` that may pass. `sds`: of the first window. */
export function mayPass(filter: usize, pairs: usize, sums: usize, next: usize, sds: usize, alive: i32): i32 {
  const sd = v128.load(sds);
  let left = v128.load_splat<i32>(filter);
  let at = filter + 48;
  let counts = filter + 8;

  for (let from = pairs; counts < filter + 40; counts += 16, from += frame(HALVES)) {
    for (let end = at + (load<u32>(counts) << 5); at < end; at += 32) {
      const limit = i16x8.q15mulr_sat_s(sd, v128.load_splat<i32>(at, 24));
      const lost = i16x8.gt_s(sixCorners(from, at), limit);
      left = i16x8.sub_sat_s(left, v128.and(lost, v128.load_splat<i32>(at, 28)));
    }
    for (let end = at + load<u32>(counts, 4) * 40; at < end; at += 40) {
      const limit = i16x8.q15mulr_sat_s(sd, v128.load_splat<i32>(at, 32));
      const lost = i16x8.gt_s(eightCorners(from, at), limit);
      left = i16x8.sub_sat_s(left, v128.and(lost, v128.load_splat<i32>(at, 36)));
    }
    for (let end = at + load<u32>(counts, 8) * 44; at < end; at += 44) {
      const limit = i16x8.q15mulr_sat_s(sd, v128.load_splat<i32>(at, 36));
      const lost = i16x8.gt_s(nineCorners(from, at), limit);
      left = i16x8.sub_sat_s(left, v128.and(lost, v128.load_splat<i32>(at, 40)));
    }
    for (let end = at + load<u32>(counts, 12) * 44; at < end; at += 44) {
      const limit = i16x8.q15mulr_sat_s(sd, v128.load_splat<i32>(at, 36));
      const lost = i16x8.lt_s(nineCorners(from, at), limit);
      left = i16x8.sub_sat_s(left, v128.and(lost, v128.load_splat<i32>(at, 40)));
    }
  }

  for (let count = load<u32>(filter, 40); count > 0; count--) {
    const limit = i16x8.q15mulr_sat_s(sd, v128.load_splat<i32>(at));
    const from = load<u32>(at, 8) ? pairs + frame(HALVES) : pairs;
    const lost = i16x8.gt_s(anyCorners(from, at + 12), limit);
    left = i16x8.sub_sat_s(left, v128.and(lost, v128.load_splat<i32>(at, 4)));
    at += 16 + (load<u32>(at, 12) << 3);
  }
  for (let count = load<u32>(filter, 44); count > 0; count--) {
    const limit = i16x8.q15mulr_sat_s(sd, v128.load_splat<i32>(at));
    const lost = i16x8.gt_s(wideCorners(sums, next, load<i32>(at, 8), at + 12), limit);
    left = i16x8.sub_sat_s(left, v128.and(lost, v128.load_splat<i32>(at, 4)));
    at += 16 + (load<u32>(at, 12) << 3);
  }
  return alive & ~i16x8.bitmask(left);
}
