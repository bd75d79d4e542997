import { type FacepipeError, systemClock } from '@facepipe/service';
import type { Disk } from './disk.js';
import { diskFailure } from './failure.js';
import { entryKey, stateKey } from './key.js';
import { acceptedBefore, fitting, oldestOf } from './room.js';
import { type Place, segmentBytes, type Written } from './segments.js';
import type { SpoolEntry } from './spool-entry.js';
import { spoolError } from './spool-error.js';
import type { SpoolIndex } from './spool-index.js';
import { encodeEntry, encodeState, type State } from './state.js';
import type { SpoolTime } from './time.js';
import type { Ready, WriteQueue } from './write-queue.js';

/** Bytes in one batch: what waits for the disk meanwhile makes the next. */
const batchBytes = 4 * 2 ** 20;
/** After the disk refused, before the next attempt, ms. */
const pause = 1000;
/** Share of a file below which the faces left in it are copied, so that it can go. */
const sparse = 1 / 2;

export interface WriterOptions {
  disk: Disk;
  index: SpoolIndex;
  queue: WriteQueue<Buffer>;
  time: SpoolTime;
  brokers: readonly string[];
  maxBytes: number;
  ttl: number;
  full: 'drop-oldest' | 'stop';
  closing: AbortSignal;
  /** As it was left. */
  state: State;
  /** Faces were stored, up to the last. */
  onStored: () => void;
}

/**
 * The one writer of the spool's files. A batch at a time: the faces that are ready are synced together, and what
 * brokers have and what was dropped goes with them, or alone and without sync.
 */
export class Writer {
  readonly #options: WriterOptions;
  #last: { seq: number; id: string };
  #written: Written;
  #refused = 0;
  #full = false;
  #work: Promise<void> | undefined;
  #again = false;
  #ended = false;
  /** Why the last write failed; the files must be opened anew. */
  #broken: FacepipeError | undefined;
  /** Writes that failed in a row. */
  #failures = 0;
  /** In the pause after a failure. */
  #resting = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#last = options.state;
    this.#written = options.state.written;
  }

  /** The last face stored. */
  get last(): { seq: number; id: string } {
    return this.#last;
  }

  /** Faces refused for the disk's sake. */
  get refused(): number {
    return this.#refused;
  }

  /** Faces wait for room. */
  get full(): boolean {
    return this.#full;
  }

  /**
   * @throws FACEPIPE_E_SPOOL_DISK_FULL, FACEPIPE_E_SPOOL_FAILED while the disk refuses: nothing need be encoded for it
   */
  check(): void {
    if (!this.#resting || !this.#broken) return;
    this.#refused++;
    throw this.#broken;
  }

  /** There may be something to write. */
  kick(): void {
    if (this.#ended) return;
    this.#again = true;
    this.#work ??= this.#run();
  }

  /** Writes what there is, and nothing from then on. */
  async end(): Promise<void> {
    this.kick();
    while (this.#work) await this.#work;
    this.#ended = true;
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#round();
    }
    this.#work = undefined;
  }

  async #round(): Promise<void> {
    const { index, queue, disk, time, ttl } = this.#options;
    if (this.#resting) return this.#refuse();
    if (this.#broken && !(await this.#fix())) return this.#rest();
    index.drop(acceptedBefore(index.after(0), time.now() - ttl), 'expired');
    const batch = this.#admit();
    if (batch.length === 0 && !index.changed) return;
    try {
      await this.#write(batch);
    } catch (error) {
      this.#broken = diskFailure(disk.folder, error);
      if (++this.#failures > 1) return this.#rest();
    }
    this.#again = true;
    if (this.#broken) return;
    this.#failures = 0;
    queue.stored(batch.length);
  }

  /** The faces of the next batch, for which there is room or is made. */
  #admit(): Ready<Buffer>[] {
    const { index, queue, maxBytes, full, disk, closing } = this.#options;
    const ready = [...queue.ready()];
    const sizes = ready.map(({ encoded }) => encoded.length);
    // the first always goes, however large
    const most = Math.max(Math.min(batchBytes, maxBytes), sizes[0] ?? 0);
    const batch = ready.slice(0, fitting(sizes, most));
    if (full === 'drop-oldest') {
      const sum = batch.reduce((total, { encoded }) => total + encoded.length, 0);
      index.drop(oldestOf(index.after(0), index.bytes + sum - maxBytes), 'full');
      return batch;
    }
    const count = Math.min(batch.length, fitting(sizes, maxBytes - index.bytes));
    this.#full = count < batch.length;
    if (count === 0 && (batch[0]?.impatient || (batch[0] && closing.aborted))) {
      queue.refuse(1, spoolError('FACEPIPE_E_SPOOL_NO_ROOM', { folder: disk.folder }));
      this.#again = true;
    }
    return batch.slice(0, count);
  }

  async #write(batch: readonly Ready<Buffer>[]): Promise<void> {
    const {
      index,
      queue,
      disk,
      time,
      brokers,
      onStored,
      state: { earlier },
    } = this.#options;
    // a full disk has no room for copies
    const moving = this.#broken ? [] : await this.#sparse();
    const bytes = [...batch.map(({ encoded }) => encoded), ...moving.map(([, encoded]) => encoded)];
    const places = bytes.length > 0 ? await disk.append(bytes) : [];
    const [begin, end] = [places[0], places.at(-1)];
    const written = end ? { segment: end.segment, end: end.offset + end.bytes } : this.#written;
    const moment = time.moment();
    const freed = [...disk.segments.finished()].flatMap(([n]) => (index.has(n) ? [] : [n]));
    const known = index.takeChanges();
    const changes = new Map(known);
    const entries = batch.map(({ identity: { seq, id } }, at): SpoolEntry => {
      const accepted = moment.time;
      return { seq, id, accepted, owed: brokers, ...(places[at] as Place) };
    });
    const moved = moving.map(([{ seq }], at) => [seq, places[batch.length + at] as Place] as const);
    for (const entry of entries) changes.set(entryKey(entry.seq), encodeEntry(entry));
    for (const [seq, place] of moved) {
      const entry = index.get(seq);
      if (entry) changes.set(entryKey(seq), encodeEntry({ ...entry, ...place }));
    }
    const { seq, id } = entries.at(-1) ?? this.#last;
    const { stream } = queue;
    const counters = index.countersWith(entries);
    const state = encodeState({ stream, earlier, seq, id, written, ...counters, ...moment });
    const first = index.oldest?.seq ?? entries[0]?.seq ?? seq + 1;
    const mark = { stream, files: disk.segments.sizes.size - freed.length, first, seq };
    try {
      // a file goes only when the disk's index can never point into it again
      await disk.change(changes.set(stateKey, state), bytes.length > 0 || freed.length > 0);
    } catch (error) {
      index.putBack(known);
      // the disk's index may have it or not: it is as if it had never been
      for (const entry of entries) index.discard(entry.seq);
      for (const [movedSeq] of moved) index.keepAsIs(movedSeq);
      if (begin) await disk.segments.retract({ segment: begin.segment, end: begin.offset });
      throw error;
    }
    this.#written = written;
    await disk.setMark(mark);
    await disk.segments.remove(freed);
    for (const [movedSeq, place] of moved) index.move(movedSeq, place);
    if (entries.length === 0) return;
    this.#last = { seq, id };
    for (const entry of entries) index.add(entry);
    onStored();
  }

  /** The faces of one file that has few left, where much of the disk is held for little. */
  async #sparse(): Promise<[SpoolEntry, Buffer][]> {
    const { index, disk } = this.#options;
    if (disk.segments.bytes < 2 * index.bytes + 4 * segmentBytes) return [];
    for (const [segment, size] of disk.segments.finished()) {
      const entries = index.in(segment);
      const left = entries.reduce((sum, { bytes }) => sum + bytes, 0);
      if (left > size * sparse) continue;
      const faces: [SpoolEntry, Buffer][] = [];
      for (const entry of entries) {
        const bytes = await disk.read(entry);
        if (bytes) faces.push([entry, bytes]);
      }
      if (faces.length > 0) return faces;
    }
    return [];
  }

  /** Opens the files anew after a failed write; makes room where the disk is full and the policy says so. */
  async #fix(): Promise<boolean> {
    const { index, disk, full: policy } = this.#options;
    const full = this.#broken?.code === 'FACEPIPE_E_SPOOL_DISK_FULL';
    try {
      if (full) await disk.releaseReserve();
      if (await disk.reopen(this.#broken?.cause)) index.keepAll();
      if (full && policy === 'drop-oldest')
        index.drop(oldestOf(index.after(0), segmentBytes + batchBytes), 'full');
      if (index.changed) await this.#write([]);
      // faces are taken only while there is room to delete them again
      if (!(await disk.takeReserve())) return false;
      this.#broken = undefined;
      return true;
    } catch (error) {
      this.#broken = diskFailure(disk.folder, error);
      return false;
    }
  }

  /** Refuses what is ready, and what comes before the next attempt. */
  #rest(): void {
    const { closing } = this.#options;
    this.#failures = 0;
    this.#refuse();
    if (closing.aborted) return;
    this.#resting = true;
    void systemClock.sleep(pause, closing).then(() => {
      this.#resting = false;
      this.kick();
    });
  }

  #refuse(): void {
    const { queue } = this.#options;
    const count = [...queue.ready()].length;
    this.#refused += count;
    queue.refuse(count, this.#broken);
  }
}
