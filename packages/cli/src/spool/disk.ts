import { randomFillSync } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FacepipeError } from '@facepipe/wire';
import { ClassicLevel } from 'classic-level';
import { spoolError } from './error.js';

// Why LevelDB (classic-level 3.0.0), of what the registry has:
// - its binaries are inside the package: linux x64 (glibc 2.28 and musl), arm64 (glibc 2.17), armv6/7, macOS x64 and
//   arm64, Windows x64; nothing is fetched at install. (On Alpine arm64 it would be the glibc one: use Debian there.)
// - lmdb: maps a file that never shrinks, and a write fails once the map is full; on arm32 the map is small.
// - better-sqlite3 fetches its binaries from GitHub and needs Node 22; node:sqlite needs Node 22, and is experimental.
// - plain files: one fsync of a file and one of its folder for each face, or a log format, its recovery and its
//   collection of garbage of our own. LevelDB is that log, with twelve years of crashes behind it.
// A batch is one checksummed record of its log: after a crash it is there as a whole or not at all. `sync` is an
// fdatasync of the log before the answer, so what is answered survives the loss of power too. A log just begun has its
// name in the folder only by that same fdatasync, as ext4, xfs and btrfs do it.

/** Released when the disk is full: deleting needs room as well, for the log and for compaction. */
const reserve = 'reserve';
export const reserveBytes = 16 * 2 ** 20;

/** What LevelDB and this file write, and what a file system has at its root. */
const ours = /^(CURRENT|LOCK|LOG(\.old)?|MANIFEST-\d+|\d+\.(log|ldb|sst|dbtmp)|reserve|lost\+found)$/;

/** A value to write, or undefined to delete. */
export type Changes = ReadonlyMap<string, Buffer | undefined>;

const textOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
};
const codeOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
};
const isFull = (error: unknown): boolean => /no space left|quota exceeded|ENOSPC|EDQUOT/i.test(textOf(error));

/** The spool's files. */
export class Disk {
  readonly folder: string;
  readonly #db: ClassicLevel<string, Buffer>;
  /** Reads and compaction wait for it. */
  #reopening: Promise<void> = Promise.resolve();
  #compacting: Promise<void> = Promise.resolve();

  private constructor(folder: string) {
    this.folder = folder;
    this.#db = new ClassicLevel(folder, {
      valueEncoding: 'buffer',
      // images are compressed already
      compression: false,
    });
  }

  /** @throws FACEPIPE_E_SPOOL_FOLDER, _FOREIGN, _LOCKED, _DAMAGED, _DISK_FULL */
  static async open(folder: string): Promise<Disk> {
    const disk = new Disk(folder);
    try {
      // faces are nobody else's business
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const foreign = (await readdir(folder)).find((name) => !ours.test(name));
      if (foreign !== undefined)
        throw spoolError('FACEPIPE_E_SPOOL_FOREIGN', { folder, reason: `it has ${foreign} in it` });
      await disk.#open();
    } catch (error) {
      if (error instanceof FacepipeError) throw error;
      const code = codeOf(error);
      if (code === 'LEVEL_LOCKED') throw spoolError('FACEPIPE_E_SPOOL_LOCKED', { folder }, error);
      if (isFull(error)) throw spoolError('FACEPIPE_E_SPOOL_DISK_FULL', { folder }, error);
      const reason = textOf(error);
      // LevelDB calls a missing file of its own an invalid argument
      if (code === 'LEVEL_CORRUPTION' || /Corruption|Invalid argument/.test(reason))
        throw spoolError('FACEPIPE_E_SPOOL_DAMAGED', { folder, reason }, error);
      throw spoolError('FACEPIPE_E_SPOOL_FOLDER', { folder, reason }, error);
    }
    await disk.takeReserve();
    return disk;
  }

  async #open(): Promise<void> {
    try {
      await this.#db.open();
    } catch (error) {
      if (!isFull(error)) throw error;
      await this.releaseReserve();
      await this.#db.open();
    }
  }

  /** Everything under keys from `gte` to before `lt`, in their order. */
  entries(range: { gte: string; lt: string }): AsyncIterable<[string, Buffer]> {
    return this.#db.iterator(range);
  }

  /**
   * The value of `key`; undefined when there is none or it cannot be read back.
   * @throws FACEPIPE_E_SPOOL_FAILED
   */
  async read(key: string): Promise<Buffer | undefined> {
    await this.#reopening;
    try {
      return await this.#db.get(key, { fillCache: false });
    } catch (error) {
      if (codeOf(error) === 'LEVEL_CORRUPTION') return undefined;
      throw this.#failed(error);
    }
  }

  /**
   * Writes all or nothing, in order. With `sync` it survives the loss of power from then on, else the death of the program.
   * After an error `reopen` must come first: LevelDB's log may end in half a record then.
   * @throws FACEPIPE_E_SPOOL_DISK_FULL, FACEPIPE_E_SPOOL_FAILED
   */
  async write(changes: Changes, sync: boolean): Promise<void> {
    const batch = [...changes].map(([key, value]) =>
      value === undefined ? { type: 'del' as const, key } : { type: 'put' as const, key, value },
    );
    try {
      await this.#db.batch(batch, { sync });
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** After a failed write. @throws FACEPIPE_E_SPOOL_DISK_FULL, FACEPIPE_E_SPOOL_FAILED */
  async reopen(): Promise<void> {
    const work = (async () => {
      await this.#compacting;
      await this.#db.close();
      await this.#open();
    })();
    this.#reopening = work.catch(() => {});
    try {
      await work;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Gives the disk back what was deleted between the keys; LevelDB alone may leave it for as long as it likes. */
  compact(from: string, to: string): Promise<void> {
    // what goes wrong in it is what the next write fails with
    this.#compacting = this.#reopening.then(() => this.#db.compactRange(from, to)).catch(() => {});
    return this.#compacting;
  }

  /** Gives up the room kept for a full disk. */
  async releaseReserve(): Promise<void> {
    await rm(join(this.folder, reserve), { force: true });
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

  /** Bytes that the files take, without the reserve. */
  async used(): Promise<number> {
    const sizes = (await readdir(this.folder))
      .filter((name) => name !== reserve)
      .map((name) =>
        stat(join(this.folder, name)).then(
          ({ size }) => size,
          () => 0,
        ),
      );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  async close(): Promise<void> {
    await this.#compacting;
    await this.#reopening;
    await this.#db.close();
  }

  #failed(cause: unknown): FacepipeError {
    const { folder } = this;
    if (isFull(cause)) return spoolError('FACEPIPE_E_SPOOL_DISK_FULL', { folder }, cause);
    return spoolError('FACEPIPE_E_SPOOL_FAILED', { folder, reason: textOf(cause) }, cause);
  }
}
