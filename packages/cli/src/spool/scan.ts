import { crc32 } from 'node:zlib';
import { decodeSpooled, type KeptIdentity, type Layout, layoutAt, nextLayout } from './face.js';

/** A whole face found in a file. */
export interface Found {
  offset: number;
  bytes: number;
  /** Undefined in a record of format 1 whose face does not name itself. */
  identity?: KeptIdentity;
}

export interface Scan {
  found: Found[];
  /** There were bytes that are no whole face. */
  damaged: boolean;
}

/** Every whole face in a file, from `from` on, whatever is between them: only what its checksum proves is one. */
export function scanFaces(file: Buffer, from = 0): Scan {
  const found: Found[] = [];
  let damaged = false;
  let position = from;
  while (position < file.length) {
    const layout = layoutAt(file, position);
    const end = layout && endOf(file, layout);
    if (end !== undefined) {
      const identity = decodeSpooled(file.subarray(position, end))?.identity;
      found.push({ offset: position, bytes: end - position, ...(identity && { identity }) });
      position = end;
      continue;
    }
    damaged = true;
    position = nextLayout(file, position + 1)?.start ?? file.length;
  }
  return { found, damaged };
}

/** Where the record ends whose checksum is right; one of format 1 ends where another begins, or the file ends. */
function endOf(file: Buffer, { start, payload, end }: Layout): number | undefined {
  const expected = file.readUInt32LE(start);
  let summed = end ?? payload;
  let sum = crc32(file.subarray(start + 4, summed));
  if (end !== undefined) return sum === expected ? end : undefined;
  for (;;) {
    if (sum === expected && (summed === file.length || layoutAt(file, summed))) return summed;
    if (summed === file.length) return undefined;
    const next = nextLayout(file, summed + 1)?.start ?? file.length;
    sum = crc32(file.subarray(summed, next), sum);
    summed = next;
  }
}
