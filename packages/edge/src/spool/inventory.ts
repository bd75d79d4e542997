import { isDamage, reasonOf } from './failure.js';
import { rangeIn, stateKey } from './key.js';
import type { DroppedRange } from './range.js';
import { isUnsealed, unseal } from './sealed.js';
import { type SpoolEntry, sumOf } from './spool-entry.js';
import { decodeEntry, decodeState, type OldState, type State } from './state.js';

/** What the index says, as far as its checksums prove it. */
export interface Inventory {
  state?: State | OldState;
  /** In the order of their seqs. */
  entries: SpoolEntry[];
  ranges: DroppedRange[];
  /** Keys of another program. */
  foreign: number;
  /** The format of another version that wrote it. */
  version?: number;
  /** What is wrong with it; undefined: it is whole, as it is or as it was at an earlier moment. */
  flaw?: string;
}

/** @throws what reading it throws, but for damage */
export async function takeInventory(index: AsyncIterable<[string, Buffer]>): Promise<Inventory> {
  const inventory: Inventory = { entries: [], ranges: [], foreign: 0 };
  let flaw: string | undefined;
  try {
    for await (const [key, value] of index) {
      if (key === stateKey) {
        const { state, version } = decodeState(value);
        if (state) inventory.state = state;
        if (version !== undefined) inventory.version = version;
      } else if (!takeEntry(inventory, key, value) && !takeRange(inventory, key, value)) {
        flaw = 'a value in its index is damaged';
      }
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    flaw = reasonOf(error).reason;
  }
  flaw ??= disagreement(inventory);
  return flaw === undefined ? inventory : { ...inventory, flaw };
}

function takeEntry({ entries }: Inventory, key: string, value: Buffer): boolean {
  const entry = decodeEntry(key, value);
  if (!entry) return false;
  // one array for all faces in a row that are owed to the same brokers
  const owed = entries.at(-1)?.owed ?? [];
  const isSame = owed.length === entry.owed.length && owed.every((name, turn) => name === entry.owed[turn]);
  entries.push(isSame ? { ...entry, owed } : entry);
  return true;
}

function takeRange(inventory: Inventory, key: string, value: Buffer): boolean {
  const range = rangeIn(key);
  if (!range && !key.startsWith('entry/')) inventory.foreign++;
  const to = Number(isUnsealed(value) ? value.toString() : unseal(key, value));
  if (!range || !Number.isSafeInteger(to) || to < range.from) return false;
  inventory.ranges.push({ ...range, to });
  return true;
}

/** How the counters and the entries differ. */
function disagreement({ state, entries }: Inventory): string | undefined {
  if (!state) return 'its counters are lost';
  // one beyond is of a write whose outcome was unknown, and which was answered as a failure
  const counted = entries.filter(({ seq }) => seq <= state.seq);
  if (counted.length !== state.faces)
    return `its index has ${counted.length} faces of the ${state.faces} that it counts`;
  if ('sum' in state && state.sum !== sumOf(counted)) return 'its index has other faces than it counts';
  return undefined;
}
