import { randomFillSync } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FacepipeError } from '@facepipe/wire';
import { ClassicLevel } from 'classic-level';
import { spoolError } from './error.js';
import { diskFailure, isFull, reasonOf } from './failure.js';
import { type Place, Segments } from './segments.js';

// The index (which face is where, who has it, the counters) is LevelDB, by classic-level 3.0.0; the faces are in files
// beside it. Why LevelDB, of what the registry has:
// - its binaries are inside the package: linux x64 (glibc 2.28 or musl), arm64 (glibc 2.17), armv6 and v7, macOS x64 and
//   arm64, Windows x64. Nothing is fetched at install. (No musl on arm64: an image for it must not be Alpine's.)
// - lmdb: its map has a size given beforehand and its file never shrinks; a free page needs a commit to become one.
// - better-sqlite3 fetches its binaries and needs Node 22; node:sqlite is not in Node 20.
// - files alone: an index, its log, its recovery and its collection of garbage would be ours to get right.
// A batch is one checksummed record of LevelDB's log: after a crash it is there as a whole or not at all. With `sync` the
// log is on disk before the answer, so what is answered survives the loss of power. (The name of a log just begun is
// made durable by the same fdatasync: so it is on ext4, xfs and btrfs.)
// Why the faces are not in LevelDB too: each would be written two to four times, deleting them would give nothing back
// until a compaction, and a compaction needs room for what it keeps, which a full disk has not.

const reserve = 'reserve';
/** Released on a full disk: deleting needs a little room as well. */
const reserveBytes = 16 * 2 ** 20;

/** What LevelDB and the spool write, and what a file system has at its root. */
const ours =
  /^(CURRENT|LOCK|LOG(\.old)?|MANIFEST-\d+|\d+\.(log|ldb|sst|dbtmp)|segment-\d+|reserve|secret(\.[0-9a-f]{16}\.tmp)?|lost\+found)$/;

/** A value to write, or undefined to delete. */
export type Changes = ReadonlyMap<string, Buffer | undefined>;

/** The spool's files. */
export class Disk {
  readonly folder: string;
  readonly segments: Segments;
  readonly #index: ClassicLevel<string, Buffer>;

  private constructor(folder: string, segments: Segments, index: ClassicLevel<string, Buffer>) {
    this.folder = folder;
    this.segments = segments;
    this.#index = index;
  }

  /** @throws FACEPIPE_E_SPOOL_FOLDER, _FOREIGN, _LOCKED, _DAMAGED, _DISK_FULL */
  static async open(folder: string): Promise<Disk> {
    try {
      // faces are nobody else's business
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const foreign = (await readdir(folder)).find((name) => !ours.test(name));
      if (foreign !== undefined)
        throw spoolError('FACEPIPE_E_SPOOL_FOREIGN', { folder, reason: `it has ${foreign} in it` });
      const index = new ClassicLevel<string, Buffer>(folder, { valueEncoding: 'buffer' });
      await openIndex(folder, index);
      const disk = new Disk(folder, await Segments.open(folder), index);
      await disk.takeReserve();
      return disk;
    } catch (error) {
      if (error instanceof FacepipeError) throw error;
      const { code, reason } = reasonOf(error);
      if (code === 'LEVEL_LOCKED') throw spoolError('FACEPIPE_E_SPOOL_LOCKED', { folder }, error);
      if (isFull(error)) throw spoolError('FACEPIPE_E_SPOOL_DISK_FULL', { folder }, error);
      // the folder is there, so what is missing is a file of LevelDB's own
      if (code.startsWith('LEVEL_') && /corruption|invalid argument|no such file/i.test(reason))
        throw spoolError('FACEPIPE_E_SPOOL_DAMAGED', { folder, reason }, error);
      throw spoolError('FACEPIPE_E_SPOOL_FOLDER', { folder, reason }, error);
    }
  }

  /** The value of `key` in the index. */
  get(key: string): Promise<Buffer | undefined> {
    return this.#index.get(key);
  }

  /** What the index has under keys from `gte` to before `lt`, in their order. */
  entries(range: { gte: string; lt: string }): AsyncIterable<[string, Buffer]> {
    return this.#index.iterator(range);
  }

  /** The bytes at a place; undefined when they are not there. @throws FACEPIPE_E_SPOOL_FAILED */
  async read(place: Place): Promise<Buffer | undefined> {
    try {
      return await this.segments.read(place);
    } catch (error) {
      throw diskFailure(this.folder, error);
    }
  }

  /** Writes and syncs faces that the index does not know yet. @throws FACEPIPE_E_SPOOL_DISK_FULL, FACEPIPE_E_SPOOL_FAILED */
  async append(faces: readonly Buffer[]): Promise<Place[]> {
    try {
      return await this.segments.append(faces);
    } catch (error) {
      throw diskFailure(this.folder, error);
    }
  }

  /**
   * Changes the index, wholly or not at all. With `sync` the change survives the loss of power, else the end of the program.
   * After an error `reopen` must come first: LevelDB's log may end in half a record, and what follows that is lost.
   * @throws FACEPIPE_E_SPOOL_DISK_FULL, FACEPIPE_E_SPOOL_FAILED
   */
  async change(changes: Changes, sync: boolean): Promise<void> {
    const batch = [...changes].map(([key, value]) =>
      value === undefined ? { type: 'del' as const, key } : { type: 'put' as const, key, value },
    );
    try {
      await this.#index.batch(batch, { sync });
    } catch (error) {
      throw diskFailure(this.folder, error);
    }
  }

  /** After a failed write. @throws FACEPIPE_E_SPOOL_DISK_FULL, FACEPIPE_E_SPOOL_FAILED */
  async reopen(): Promise<void> {
    try {
      await this.segments.finish();
      await this.#index.close();
      await openIndex(this.folder, this.#index);
    } catch (error) {
      throw diskFailure(this.folder, error);
    }
  }

  /** Gives up the room kept for a full disk. */
  releaseReserve(): Promise<void> {
    return rm(join(this.folder, reserve), { force: true });
  }

  /** Keeps room for a full disk; false where there is none to keep. */
  async takeReserve(): Promise<boolean> {
    const path = join(this.folder, reserve);
    const { size } = await stat(path).catch(() => ({ size: 0 }));
    if (size === reserveBytes) return true;
    try {
      // random, since some file systems store zeros as nothing
      await writeFile(path, randomFillSync(Buffer.alloc(reserveBytes)), { flush: true });
      return true;
    } catch {
      await this.releaseReserve();
      return false;
    }
  }

  async close(): Promise<void> {
    await this.segments.finish();
    await this.#index.close();
  }
}

async function openIndex(folder: string, index: ClassicLevel<string, Buffer>): Promise<void> {
  try {
    await index.open();
  } catch (error) {
    if (!isFull(error)) throw error;
    await rm(join(folder, reserve), { force: true });
    await index.open();
  }
}
