import { crc32 } from 'node:zlib';
import { headerIn, identityIn, type KeptIdentity, type Layout, layoutAt, nextLayout } from './face.js';

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
    if (layout && end !== undefined) {
      const identity = identityIn(file, layout);
      found.push({ offset: position, bytes: end - position, ...(identity && { identity }) });
      position = end;
      continue;
    }
    damaged = true;
    position = nextLayout(file, position + 1)?.start ?? file.length;
  }
  return { found, damaged };
}

/** Where the record ends whose checksum is right. */
function endOf(file: Buffer, layout: Layout): number | undefined {
  const { start, end } = layout;
  if (end === undefined) return endBefore(file, layout) ?? endBeforeDamage(file, layout);
  return crc32(file.subarray(start + 4, end)) === file.readUInt32LE(start) ? end : undefined;
}

/** One of format 1 ends where another begins, or the file ends. */
function endBefore(file: Buffer, { start, payload }: Layout): number | undefined {
  const expected = file.readUInt32LE(start);
  let end = payload;
  let sum = crc32(file.subarray(start + 4, end));
  for (;;) {
    if (sum === expected && (end === file.length || layoutAt(file, end))) return end;
    if (end === file.length) return undefined;
    const next = nextLayout(file, end + 1)?.start ?? file.length;
    sum = crc32(file.subarray(end, next), sum);
    end = next;
  }
}

/** Or, where what follows it is damaged, anywhere before the next header that can be read. */
function endBeforeDamage(file: Buffer, { start, payload }: Layout): number | undefined {
  const expected = file.readUInt32LE(start);
  let next = nextLayout(file, payload);
  while (next && !headerIn(file, next)) next = nextLayout(file, next.start + 1);
  const last = next?.start ?? file.length;
  let sum = crc32(file.subarray(start + 4, payload));
  for (let end = payload; end < last; end++) {
    if (sum === expected) return end;
    sum = crc32(file.subarray(end, end + 1), sum);
  }
  return sum === expected ? last : undefined;
}
