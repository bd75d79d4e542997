// The first stage decided in 16 bits on both sides, as filter.ts says: windows that OpenCV passes over depend on every
// one that it rejects, so this stage has to be exact. What neither side is certain of is judged by vector.ts.
import { anyCorners, wideCorners } from './filter';
import { eightCorners, nineCorners, sixCorners } from './sum';

/**
 * Bits of the windows among `alive` that may pass, and 8 bits higher of those that pass for certain. The filter has no
 * halves.
 */
export function decideFirst(
  filter: usize,
  pairs: usize,
  sums: usize,
  next: usize,
  sds: usize,
  alive: i32,
): i32 {
  const sd = v128.load(sds);
  const two = i16x8.splat(2);
  const three = i16x8.splat(3);
  let left = v128.load_splat<i32>(filter);
  let sure = v128.load_splat<i32>(filter, 4);
  let at = filter + 48;

  for (let end = at + (load<u32>(filter, 8) << 5); at < end; at += 32) {
    const value = sixCorners(pairs, at);
    const limit = i16x8.q15mulr_sat_s(sd, v128.load_splat<i32>(at, 24));
    const loss = v128.load_splat<i32>(at, 28);
    left = i16x8.sub_sat_s(left, v128.and(i16x8.gt_s(value, limit), loss));
    sure = i16x8.sub_sat_s(sure, v128.and(i16x8.gt_s(value, i16x8.sub(limit, two)), loss));
  }
  for (let end = at + load<u32>(filter, 12) * 40; at < end; at += 40) {
    const value = eightCorners(pairs, at);
    const limit = i16x8.q15mulr_sat_s(sd, v128.load_splat<i32>(at, 32));
    const loss = v128.load_splat<i32>(at, 36);
    left = i16x8.sub_sat_s(left, v128.and(i16x8.gt_s(value, limit), loss));
    sure = i16x8.sub_sat_s(sure, v128.and(i16x8.gt_s(value, i16x8.sub(limit, two)), loss));
  }
  for (let end = at + load<u32>(filter, 16) * 44; at < end; at += 44) {
    const value = nineCorners(pairs, at);
    const limit = i16x8.q15mulr_sat_s(sd, v128.load_splat<i32>(at, 36));
    const loss = v128.load_splat<i32>(at, 40);
    left = i16x8.sub_sat_s(left, v128.and(i16x8.gt_s(value, limit), loss));
    sure = i16x8.sub_sat_s(sure, v128.and(i16x8.gt_s(value, i16x8.sub(limit, two)), loss));
  }
  for (let end = at + load<u32>(filter, 20) * 44; at < end; at += 44) {
    const value = nineCorners(pairs, at);
    const limit = i16x8.q15mulr_sat_s(sd, v128.load_splat<i32>(at, 36));
    const loss = v128.load_splat<i32>(at, 40);
    left = i16x8.sub_sat_s(left, v128.and(i16x8.lt_s(value, limit), loss));
    sure = i16x8.sub_sat_s(sure, v128.and(i16x8.lt_s(value, i16x8.add(limit, two)), loss));
  }
  for (let count = load<u32>(filter, 40); count > 0; count--) {
    const value = anyCorners(pairs, at + 12);
    const limit = i16x8.q15mulr_sat_s(sd, v128.load_splat<i32>(at));
    const loss = v128.load_splat<i32>(at, 4);
    left = i16x8.sub_sat_s(left, v128.and(i16x8.gt_s(value, limit), loss));
    sure = i16x8.sub_sat_s(sure, v128.and(i16x8.gt_s(value, i16x8.sub(limit, two)), loss));
    at += 16 + (load<u32>(at, 12) << 3);
  }
  for (let count = load<u32>(filter, 44); count > 0; count--) {
    const value = wideCorners(sums, next, load<i32>(at, 8), at + 12);
    const limit = i16x8.q15mulr_sat_s(sd, v128.load_splat<i32>(at));
    const loss = v128.load_splat<i32>(at, 4);
    left = i16x8.sub_sat_s(left, v128.and(i16x8.gt_s(value, limit), loss));
    sure = i16x8.sub_sat_s(sure, v128.and(i16x8.gt_s(value, i16x8.sub(limit, three)), loss));
    at += 16 + (load<u32>(at, 12) << 3);
  }
  return (alive & ~i16x8.bitmask(left)) | ((alive & ~i16x8.bitmask(sure)) << 8);
}
