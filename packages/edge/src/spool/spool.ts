import { systemClock, unlessAborted } from '@facepipe/service';
import type { Disk } from './disk.js';
import { decodeSpooled, encodeSpooled, type SpooledFace } from './face.js';
import { type DroppedRange, type DropReason, joinRanges, type SeqRange } from './range.js';
import { acceptedBefore } from './room.js';
import type { SpoolEntry } from './spool-entry.js';
import { spoolError } from './spool-error.js';
import type { Amount, SpoolIndex } from './spool-index.js';
import type { EarlierStream, State } from './state.js';
import type { SpoolClock, SpoolTime } from './time.js';
import { type Encode, type FaceIdentity, WriteQueue } from './write-queue.js';
import { Writer } from './writer.js';

export interface SpoolOptions {
  /** A stable name for each broker that faces are owed to; its claims are kept under it. */
  brokers: readonly string[];
  /** Most bytes of faces in it. */
  maxBytes: number;
  /** Most milliseconds a face is kept. */
  ttl: number;
  /** Where there is no room: the oldest faces go, or `append` waits. */
  full: 'drop-oldest' | 'stop';
  /** A face was given up for one broker; must not throw. */
  onDrop?: (broker: string, seq: number, reason: DropReason) => void;
  clock?: SpoolClock;
}

export interface SpoolStats {
  faces: number;
  bytes: number;
  /** When the oldest face was accepted, by the clock as it is now. */
  oldest?: Date;
  /** What each broker is owed, and the copies it lost since the spool was made. */
  brokers: Map<string, Amount & { dropped: number }>;
  /** Faces refused for the disk's sake since the start. */
  refused: number;
  /** Numbers of faces that were neither in the index nor in the files when it was opened: delivered before, or lost. */
  missing: number;
  /** Faces wait for room. */
  full: boolean;
}

/** What was found when the spool was opened. */
export interface SpoolRepair {
  /** What was wrong, in words. */
  reason: string;
  /** Faces that are in the files and were not in the index: owed to every broker, which may have them already. */
  recovered: number;
  /** Which `SpoolStats.missing` counts. */
  unknown: readonly SeqRange[];
  /** A new stream began, as nothing tells which seq was given last. */
  newStream: boolean;
}

/** How a spool was found. */
export interface Opened {
  state: State;
  time: SpoolTime;
  missing: number;
  repair: SpoolRepair | undefined;
}

const sweepEvery = 60_000;

/**
 * Faces on disk until every broker has them, in the order they were accepted.
 *
 * A face is there, whole, from when `append` resolves, whatever ends the program or the power. What brokers have is
 * written without sync: after a loss of power a face may be published once more, with the same id.
 */
export class Spool {
  /** ULID of this spool, in which `seq` counts. */
  readonly stream: string;
  readonly #options: SpoolOptions;
  readonly #disk: Disk;
  readonly #index: SpoolIndex;
  readonly #time: SpoolTime;
  readonly #missing: number;
  readonly #earlier: readonly EarlierStream[];
  /** Undefined where all was as it was left. */
  readonly repair: SpoolRepair | undefined;
  readonly #queue: WriteQueue<Buffer>;
  readonly #writer: Writer;
  readonly #closing = new AbortController();
  readonly #appending = new Set<Promise<unknown>>();
  /** Wake those who wait for a face. */
  #waiting: (() => void)[] = [];

  /** Use `openSpool`. */
  constructor(options: SpoolOptions, disk: Disk, index: SpoolIndex, opened: Opened) {
    const { state, time, missing, repair } = opened;
    this.repair = repair;
    this.#earlier = state.earlier;
    this.stream = state.stream;
    this.#options = options;
    this.#disk = disk;
    this.#index = index;
    this.#missing = missing;
    this.#time = time;
    this.#queue = new WriteQueue(state.stream, state.seq, state.id, () => this.#writer.kick());
    this.#writer = new Writer({
      ...options,
      disk,
      index,
      queue: this.#queue,
      time: this.#time,
      closing: this.#closing.signal,
      state,
      onStored: () => {
        for (const wake of this.#waiting.splice(0)) wake();
      },
    });
    this.#writer.kick();
    void this.#sweep();
  }

  /** The stream that a seq is of: an earlier one where a repair began another. */
  streamOf(seq: number): string {
    return this.#earlier.find(({ last }) => seq <= last)?.stream ?? this.stream;
  }

  /** The seq of the last face stored; 0 before the first. */
  get seq(): number {
    return this.#writer.last.seq;
  }

  /**
   * Stores one face; resolves once it would survive a loss of power. `encode` may be called more than once: when a face
   * before this one fails, this one gets its seq. Several may be in progress: they are stored in the order of
   * the calls.
   * @param signal once aborted, a face for which there is no room is refused instead of waiting
   * @throws what `encode` throws; FACEPIPE_E_SPOOL_DISK_FULL, FACEPIPE_E_SPOOL_FAILED, FACEPIPE_E_SPOOL_FACE_TOO_LARGE,
   *   FACEPIPE_E_SPOOL_NO_ROOM, FACEPIPE_E_SPOOL_CLOSED. The face has no seq then.
   */
  async append(encode: Encode<SpooledFace>, signal?: AbortSignal): Promise<FaceIdentity> {
    if (this.#closing.signal.aborted)
      throw spoolError('FACEPIPE_E_SPOOL_CLOSED', { folder: this.#disk.folder });
    this.#writer.check();
    const { maxBytes: max } = this.#options;
    const stored = this.#queue.add(async (identity) => {
      const bytes = encodeSpooled(await encode(identity), identity);
      const size = bytes.length;
      if (size > max) throw spoolError('FACEPIPE_E_SPOOL_FACE_TOO_LARGE', { size, max });
      return bytes;
    }, signal);
    this.#appending.add(stored);
    try {
      return await stored;
    } finally {
      this.#appending.delete(stored);
    }
  }

  /** What `broker` is owed, oldest first, from after a seq on; faces may come and go while it is iterated. */
  *pending(broker: string, after = 0): Generator<SpoolEntry, void> {
    for (const entry of this.#index.after(after)) if (entry.owed.includes(broker)) yield entry;
  }

  /** Resolves once a face after `seq` is stored, or `signal` comes. */
  async beyond(seq: number, signal: AbortSignal): Promise<void> {
    while (this.seq <= seq && !signal.aborted) {
      const stored = new Promise<void>((resolve) => this.#waiting.push(resolve));
      await unlessAborted(stored, signal);
    }
  }

  /**
   * The face; undefined when it has left the spool. One that the disk gives back damaged is dropped.
   * @throws FACEPIPE_E_SPOOL_FAILED
   */
  async load(seq: number): Promise<SpooledFace | undefined> {
    for (let entry = this.#index.get(seq); entry; entry = this.#index.get(seq)) {
      const bytes = await this.#disk.read(entry);
      const { face, identity } = (bytes && decodeSpooled(bytes)) ?? {};
      if (face && (identity?.id ?? entry.id) === entry.id) return face;
      // it may have been settled, dropped or moved while it was read
      if (this.#index.get(seq)?.segment !== entry.segment) continue;
      this.#index.drop([entry], 'damaged');
      this.#writer.kick();
    }
    return undefined;
  }

  /** `broker` has the face; once all have, it is deleted. False when the broker was not owed it. */
  settle(broker: string, seq: number): boolean {
    const settled = this.#index.settle(broker, seq);
    if (settled) this.#writer.kick();
    return settled;
  }

  /** `broker` can never take the face: counted as dropped, for it alone. False when it was not owed it. */
  abandon(broker: string, seq: number, reason: DropReason): boolean {
    const abandoned = this.#index.abandon(broker, seq, reason);
    if (abandoned) this.#writer.kick();
    return abandoned;
  }

  /** The seq of a face in the spool. */
  seqOf(id: string): number | undefined {
    return this.#index.seqOf(id);
  }

  /**
   * Hands over what `broker` lost since it was last taken; it is forgotten once `announce` resolves, so that a crash
   * meanwhile announces it again. What is dropped during the call is for the next.
   */
  async takeDropped(broker: string, announce: (ranges: DroppedRange[]) => Promise<void>): Promise<void> {
    const ranges = this.#index.unannounced(broker);
    if (ranges.length === 0) return;
    await announce(joinRanges(ranges));
    this.#index.announced(ranges);
    this.#writer.kick();
  }

  /** Counters, all kept in memory. */
  stats(): SpoolStats {
    const { size: faces, bytes, oldest, owed, dropped } = this.#index;
    const now = (this.#options.clock ?? systemClock).now();
    const brokers = new Map(
      [...owed].map(([name, amount]) => [name, { ...amount, dropped: dropped.get(name) ?? 0 }]),
    );
    const { refused, full } = this.#writer;
    return {
      faces,
      bytes,
      ...(oldest && { oldest: new Date(now - (this.#time.now() - oldest.accepted)) }),
      brokers,
      refused,
      missing: this.#missing,
      full,
    };
  }

  /** Drops what is too old. Done by itself every minute, and before every write. */
  expire(): void {
    this.#index.drop(acceptedBefore(this.#index.after(0), this.#time.now() - this.#options.ttl), 'expired');
    if (this.#index.changed) this.#writer.kick();
  }

  /** Stores what is being encoded, refuses what has no room, and closes the files. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#writer.kick();
    await Promise.allSettled(this.#appending);
    await this.#writer.end();
    await this.#disk.close();
  }

  async #sweep(): Promise<void> {
    const { signal } = this.#closing;
    for (;;) {
      await systemClock.sleep(sweepEvery, signal);
      if (signal.aborted) return;
      this.expire();
    }
  }
}
