import { FacepipeError, newId } from '@facepipe/wire';
import { Contents } from './contents.js';
import { Disk } from './disk.js';
import { spoolError } from './error.js';
import { allOf, seqOf, stateKey } from './key.js';
import { Ledger } from './ledger.js';
import { type DroppedRange, DroppedRanges, type DropReason } from './range.js';
import { Spool, type SpoolOptions } from './spool.js';
import { decodeEntry, decodeState, encodeState, type State } from './state.js';
import { spoolClock } from './time.js';

/**
 * Opens the spool in `folder`, or makes one. Faces wait in it, durably, until every broker has them.
 *
 * What a broker that is no longer in `brokers` was owed waits for it as if it were away; a new one is owed new faces only.
 * Reads what is known of the faces, not the faces.
 * @throws FACEPIPE_E_SPOOL_LOCKED (one program at a time), FACEPIPE_E_SPOOL_FOLDER, FACEPIPE_E_SPOOL_FOREIGN,
 *   FACEPIPE_E_SPOOL_DAMAGED, FACEPIPE_E_SPOOL_DISK_FULL, FACEPIPE_E_SPOOL_FAILED
 */
export async function openSpool(folder: string, options: SpoolOptions): Promise<Spool> {
  const disk = await Disk.open(folder);
  try {
    // one given twice would be owed two copies
    return await load(disk, { ...options, brokers: [...new Set(options.brokers)] });
  } catch (error) {
    await disk.close();
    if (error instanceof FacepipeError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw spoolError('FACEPIPE_E_SPOOL_DAMAGED', { folder, reason }, error);
  }
}

async function loadState(disk: Disk, options: SpoolOptions): Promise<State> {
  const bytes = await disk.get(stateKey);
  if (bytes) return decodeState(bytes);
  for await (const _ of disk.entries({ gte: '', lt: '\u{10ffff}' })) {
    throw spoolError('FACEPIPE_E_SPOOL_FOREIGN', {
      folder: disk.folder,
      reason: 'it is a database of another program',
    });
  }
  const { clock = spoolClock } = options;
  const empty = { seq: 0, id: '', faces: 0, dropped: {}, time: 0, wall: clock.now() };
  const state: State = { format: 1, stream: newId(), ...empty };
  await disk.change(new Map([[stateKey, encodeState(state)]]), true);
  return state;
}

async function loadDropped(disk: Disk): Promise<DroppedRange[]> {
  const ranges: DroppedRange[] = [];
  for await (const [key, value] of disk.entries(allOf('dropped'))) {
    const [, , reason, ...broker] = key.split('/');
    const to = Number(value.toString());
    ranges.push({ broker: broker.join('/'), from: seqOf(key), to, reason: reason as DropReason });
  }
  return ranges;
}

async function load(disk: Disk, options: SpoolOptions): Promise<Spool> {
  const { brokers } = options;
  const state = await loadState(disk, options);
  const ranges = new DroppedRanges(await loadDropped(disk));
  const contents = new Contents(new Ledger(brokers), ranges, state.dropped, options.onDrop);
  // one array for all faces that are owed to the same brokers
  const lists = new Map<string, readonly string[]>();
  let found = 0;
  for await (const [key, value] of disk.entries(allOf('entry'))) {
    const entry = decodeEntry(seqOf(key), value);
    if (entry.seq > state.seq) {
      // a write whose outcome was unknown, and which was answered as a failure
      contents.discard(entry.seq);
      continue;
    }
    found++;
    const names = JSON.stringify(entry.owed);
    const owed = lists.get(names) ?? entry.owed;
    lists.set(names, owed);
    contents.ledger.add({ ...entry, owed });
  }
  return new Spool(options, disk, contents, state, Math.max(0, state.faces - found));
}
