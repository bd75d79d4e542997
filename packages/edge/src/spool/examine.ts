import { newId, systemClock } from '@facepipe/service';
import type { Disk } from './disk.js';
import { doubtOf } from './doubt.js';
import { type Inventory, takeInventory } from './inventory.js';
import { seqsIn } from './range.js';
import { type Finding, reconcile } from './reconcile.js';
import type { SpoolOptions, SpoolRepair } from './spool.js';
import { spoolError } from './spool-error.js';
import type { State } from './state.js';
import { survey } from './survey.js';
import { SpoolTime } from './time.js';

/** What a spool's files say when they are opened. */
export interface Examined extends Finding {
  /** The counters as the index has them, or those of a new spool. */
  state: State;
  inventory: Inventory;
  time: SpoolTime;
  /** There was no spool. */
  isNew: boolean;
  /** Numbers given to faces that nothing tells of. */
  missing: number;
  /** Undefined where all is as it was left. */
  repair: SpoolRepair | undefined;
}

/** Reads the index, and the faces where it is in doubt. @throws FACEPIPE_E_SPOOL_FOREIGN, FACEPIPE_E_SPOOL_DAMAGED */
export async function examine(disk: Disk, options: SpoolOptions): Promise<Examined> {
  const { mark } = disk;
  const { sizes } = disk.segments;
  const inventory = await inventoryOf(disk);
  const isNew = !inventory.state && inventory.entries.length === 0 && !mark && sizes.size === 0;
  const newStream = newId();
  const { brokers, ttl, clock = systemClock } = options;
  const state: State = {
    ...{ stream: newStream, earlier: [], seq: 0, id: '', time: 0, wall: clock.now() },
    ...{ faces: 0, sum: 0, dropped: {}, written: { segment: 0, end: 0 } },
    ...inventory.state,
  };
  const time = new SpoolTime(clock, ttl, state);
  const doubt = isNew ? undefined : doubtOf(inventory, sizes, mark);
  if (!doubt) {
    const entries = inventory.entries.filter(({ seq }) => seq <= state.seq);
    const asLeft = { entries, changed: [], recovered: 0, lost: [], unknown: [] };
    return { ...state, ...asLeft, state, inventory, time, isNew, missing: 0, repair: undefined };
  }
  const finding = reconcile({
    ...{ inventory, mark, brokers, newStream },
    survey: await survey(disk.segments, doubt.from),
    all: doubt.from.segment === 0,
    files: sizes.size,
    now: time.now(),
  });
  const { entries, lost, recovered, unknown } = finding;
  const there = entries.filter(({ seq }) => seq <= state.seq).length;
  // without a mark there may be fewer faces than were counted, and no telling which
  const missing = Math.max(seqsIn(unknown), mark ? 0 : state.faces - there - lost.length);
  const harmless = inventory.flaw === undefined && recovered + lost.length + missing === 0;
  const isNewStream = finding.stream === newStream;
  const repair = harmless ? undefined : { reason: doubt.reason, recovered, unknown, newStream: isNewStream };
  return { ...finding, state, inventory, time, isNew, missing, repair };
}

async function inventoryOf(disk: Disk): Promise<Inventory> {
  const { folder, mark, segments, flaw } = disk;
  const inventory = await takeInventory(disk.entries());
  const { state, foreign, version } = inventory;
  if (version !== undefined) {
    const reason = `its format ${version} is another version's`;
    throw spoolError('FACEPIPE_E_SPOOL_DAMAGED', { folder, reason });
  }
  if (foreign > 0 && !state && !mark && segments.sizes.size === 0)
    throw spoolError('FACEPIPE_E_SPOOL_FOREIGN', { folder, reason: 'it is a database of another program' });
  return flaw === undefined ? inventory : { ...inventory, flaw };
}
