import { damaged } from './file-header.js';

/** A box of an ISO base media file, without its header. */
export interface Box {
  /** Four characters. */
  type: string;
  /** Offset of the body in the file. */
  start: number;
  /** Offset behind the box. */
  end: number;
}

/** Boxes that are walked through within one; pictures of many tiles have some hundred. */
const maxBoxes = 4096;

/**
 * The boxes that stand one after the other from `start` to `end` (ISO/IEC 14496-12, 4.2). Each is looked into only by
 * who asks for it, so that no nesting is followed.
 * @throws RangeError at a box that does not fit in
 */
export function* boxes(file: Buffer, start: number, end: number): Generator<Box, void> {
  let left = maxBoxes;
  for (let at = start; at < end; left--) {
    if (left === 0) throw damaged('boxes without end');
    const short = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    // 1: the size follows in 64 bits. 0: all that is left.
    const header = short === 1 ? 16 : 8;
    const size = short === 1 ? Number(file.readBigUInt64BE(at + 8)) : short === 0 ? end - at : short;
    if (size < header || at + size > end) throw damaged('a box that does not fit');
    yield { type, start: at + header, end: at + size };
    at += size;
  }
}

/** The first box of each type from `start` to `end`. */
export function pick(file: Buffer, start: number, end: number): Map<string, Box> {
  const found = new Map<string, Box>();
  for (const box of boxes(file, start, end)) {
    if (!found.has(box.type)) found.set(box.type, box);
  }
  return found;
}
