import type { Inventory } from './inventory.js';
import type { Mark } from './mark.js';
import type { Written } from './segments.js';
import type { SpoolEntry } from './spool-entry.js';

/** From where the files of faces must be read, since the index may not know all that is in them. */
export interface Doubt {
  from: Written;
  reason: string;
}

const start = { segment: 0, end: 0 };

/**
 * What casts doubt on an index, by what costs nothing to look at; undefined: it is as it was left.
 * @param sizes bytes of each file of faces
 */
export function doubtOf(
  { state, entries, flaw }: Inventory,
  sizes: ReadonlyMap<number, number>,
  mark: Mark | undefined,
): Doubt | undefined {
  if (flaw !== undefined || !state) return { from: start, reason: flaw ?? 'its counters are lost' };
  const outside = entries.some(({ seq, segment, offset, bytes }) => {
    return seq <= state.seq && offset + bytes > (sizes.get(segment) ?? 0);
  });
  if (outside) return { from: start, reason: 'faces are gone from its files' };
  const from = 'written' in state ? state.written : lastOf(entries);
  // LevelDB drops the damaged end of its log without a word
  if (mark && mark.seq > state.seq) return { from, reason: 'its index is older than its faces' };
  const beyond = [...sizes].some(([segment, size]) => {
    return segment > from.segment ? size > 0 : segment === from.segment && size > from.end;
  });
  // that is how a crash leaves it, too, between the faces and the index
  return beyond ? { from, reason: 'its files have faces that its index has not' } : undefined;
}

/** The end of the last face that the index knows, for an index of format 1, which does not tell. */
function lastOf(entries: readonly SpoolEntry[]): Written {
  let last = start;
  for (const { segment, offset, bytes } of entries) {
    const end = offset + bytes;
    if (segment > last.segment || (segment === last.segment && end > last.end)) last = { segment, end };
  }
  return last;
}
