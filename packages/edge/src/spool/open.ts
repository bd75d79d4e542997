import { Disk } from './disk.js';
import { type Examined, examine } from './examine.js';
import { diskFailure, isFull } from './failure.js';
import { stateKey } from './key.js';
import { checkOptions } from './options.js';
import { DroppedRanges } from './range.js';
import { Spool, type SpoolOptions } from './spool.js';
import { SpoolIndex } from './spool-index.js';
import { encodeState, type State } from './state.js';

/**
 * Opens the spool in `folder`, or makes one. Faces wait in it, durably, until every broker has them.
 *
 * What a broker that is no longer in `brokers` was owed waits for it as if it were away; a new one is owed new faces
 * only. Reads what is known of the faces, not the faces. Where the index is damaged, gone or older than the faces it is
 * made anew from them, and `Spool.repair` tells so.
 * @throws FACEPIPE_E_SPOOL_LOCKED (one program at a time), FACEPIPE_E_SPOOL_FOLDER, FACEPIPE_E_SPOOL_FOREIGN,
 *   FACEPIPE_E_SPOOL_DAMAGED (a later version's), FACEPIPE_E_SPOOL_DISK_FULL, FACEPIPE_E_SPOOL_FAILED,
 *   FACEPIPE_E_SPOOL_OPTION
 */
export async function openSpool(folder: string, options: SpoolOptions): Promise<Spool> {
  checkOptions(folder, options);
  const disk = await Disk.open(folder);
  try {
    // one given twice would be owed two copies
    return await load(disk, { ...options, brokers: [...new Set(options.brokers)] });
  } catch (error) {
    await disk.close();
    throw diskFailure(folder, error);
  }
}

async function load(disk: Disk, options: SpoolOptions): Promise<Spool> {
  const examined = await examine(disk, options);
  const { inventory, isNew, repair, stream, earlier, seq, id, time } = examined;
  await disk.claim();
  const index = indexOf(examined, options);
  disk.segments.continueAfter(examined.state.written.segment);
  const isOld = inventory.state && !('sum' in inventory.state);
  const isDamaged = inventory.flaw !== undefined && !isNew;
  // one of format 1 has no checksums yet
  if (isOld || isDamaged) index.keepAll();
  let state = examined.state;
  if (isNew || isOld || isDamaged || repair) {
    const written = disk.segments.end ?? state.written;
    state = { stream, earlier, seq, id, written, ...index.countersWith([]), ...time.moment() };
    await settle(disk, index, state, isDamaged && disk.flaw === undefined);
  }
  const first = index.oldest?.seq ?? seq + 1;
  await disk.setMark({ stream, files: disk.segments.sizes.size, first, seq });
  return new Spool(options, disk, index, { state, time, missing: examined.missing, repair });
}

/** What is in the spool, and what the index is to learn of it. */
function indexOf({ state, inventory, entries, changed, lost }: Examined, options: SpoolOptions): SpoolIndex {
  const { brokers, onDrop } = options;
  const ranges = new DroppedRanges(inventory.ranges);
  const index = new SpoolIndex(brokers, ranges, state.dropped, onDrop);
  const all = lost.length > 0 ? [...entries, ...lost].sort((a, b) => a.seq - b.seq) : entries;
  for (const entry of all) index.add(entry);
  for (const { seq } of inventory.entries) if (!index.get(seq)) index.discard(seq);
  for (const entry of changed) index.keep(entry);
  index.drop(lost, 'damaged');
  return index;
}

/** Writes what was found, at once or not at all; `anew`: into an index without anything in it. */
async function settle(disk: Disk, index: SpoolIndex, state: State, anew: boolean): Promise<void> {
  const changes = index.takeChanges().set(stateKey, encodeState(state));
  if (anew) await disk.renew();
  try {
    await disk.change(changes, true);
  } catch (error) {
    if (!isFull(error)) throw error;
    await disk.releaseReserve();
    if (anew) await disk.renew();
    else await disk.reopen();
    await disk.change(changes, true);
  }
}
