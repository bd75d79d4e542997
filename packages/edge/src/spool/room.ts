/** What a decision about room needs to know of a face. */
interface Aged {
  seq: number;
  bytes: number;
  accepted: number;
}

/** The oldest that must go to free `excess` bytes; none where there is no excess. */
export function oldestOf<T extends Aged>(oldestFirst: Iterable<T>, excess: number): T[] {
  const chosen: T[] = [];
  if (excess <= 0) return chosen;
  let freed = 0;
  for (const face of oldestFirst) {
    chosen.push(face);
    freed += face.bytes;
    if (freed >= excess) break;
  }
  return chosen;
}

/** Those accepted before `limit`, ms of the spool's time. */
export function acceptedBefore<T extends Aged>(oldestFirst: Iterable<T>, limit: number): T[] {
  const chosen: T[] = [];
  for (const face of oldestFirst) {
    if (face.accepted >= limit) break;
    chosen.push(face);
  }
  return chosen;
}

/** How many of the first `sizes` fit into `room` bytes. */
export function fitting(sizes: readonly number[], room: number): number {
  let sum = 0;
  for (const [count, size] of sizes.entries()) {
    sum += size;
    if (sum > room) return count;
  }
  return sizes.length;
}
