import { randomFillSync } from 'node:crypto';
import { chmod, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FacepipeError, folderReason, makeFolders } from '@facepipe/service';
import { ClassicLevel } from 'classic-level';
import { diskFailure, isDamage, isFull, reasonOf } from './failure.js';
import { formatMark, latestMark, type Mark, markName } from './mark.js';
import { type Place, Segments } from './segments.js';
import { spoolError } from './spool-error.js';

// The index (which face is where, who has it, the counters) is LevelDB, by classic-level 3.0.0; the faces are in files
// beside it. Why LevelDB, of what the registry has:
// - its binaries are inside the package: linux x64 (glibc 2.28 or musl), arm64 (glibc 2.17), armv6 and v7, macOS x64
//   and arm64, Windows x64. Nothing is fetched at install. (No musl on arm64: an image for it must not be Alpine's.)
// - lmdb: its map has a size given beforehand and its file never shrinks; a free page needs a commit to become one.
// - better-sqlite3 fetches its binaries and needs Node 22; node:sqlite is not in Node 20.
// - files alone: an index, its log, its recovery and its collection of garbage would be ours to get right. A batch is
//   one checksummed record of LevelDB's log: after a crash it is there as a whole or not at all. With `sync` the log is
//   on disk before the answer, so what is answered survives the loss of power. (The name of a log just begun is made
//   durable by the same fdatasync: so it is on ext4, xfs and btrfs.) Why the faces are not in LevelDB too: each would
//   be written two to four times, deleting them would give nothing back until a compaction, and a compaction needs room
//   for what it keeps, which a full disk has not.

const reserve = 'reserve';
/** Released on a full disk: deleting needs a little room as well. */
const reserveBytes = 16 * 2 ** 20;

/** The files of the index itself. */
const ofIndex = /^(CURRENT|MANIFEST-\d+|\d+\.(log|ldb|sst|dbtmp))$/;
/** What else LevelDB and the spool write, and what a file system has at its root. */
const ours = /^(LOCK|LOG(\.old)?|segment-\d+|reserve|secret(\.[0-9a-f]{16}\.tmp)?|visits|lost\+found)$/;
/** What only a spool has. */
const ownFile = /^(segment-\d+|reserve)$/;

const mayBeOurs = (name: string): boolean => [ofIndex, ours, markName].some((pattern) => pattern.test(name));

/** A value to write, or undefined to delete. */
export type Changes = ReadonlyMap<string, Buffer | undefined>;

/** The spool's files. */
export class Disk {
  readonly folder: string;
  readonly segments: Segments;
  /** What the name of a file told when they were opened. */
  readonly mark: Mark | undefined;
  /** Why there is nothing in the index: its files made no sense. */
  readonly flaw: string | undefined;
  readonly #index: ClassicLevel<string, Buffer>;
  #markName: string | undefined;

  private constructor(
    folder: string,
    segments: Segments,
    index: ClassicLevel<string, Buffer>,
    mark: Mark | undefined,
    flaw: string | undefined,
  ) {
    this.folder = folder;
    this.segments = segments;
    this.#index = index;
    this.mark = mark;
    this.flaw = flaw;
    this.#markName = mark && formatMark(mark);
  }

  /** @throws FACEPIPE_E_SPOOL_FOLDER, _FOREIGN, _LOCKED, _DISK_FULL */
  static async open(folder: string): Promise<Disk> {
    try {
      // faces are nobody else's business
      makeFolders(resolve(folder), 0o700);
      const names = await readdir(folder);
      const foreign = names.find((name) => !mayBeOurs(name));
      if (foreign !== undefined)
        throw spoolError('FACEPIPE_E_SPOOL_FOREIGN', { folder, reason: `it has ${foreign} in it` });
      const mark = latestMark(names);
      const isSpool = mark !== undefined || names.some((name) => ownFile.test(name));
      const index = new ClassicLevel<string, Buffer>(folder, { valueEncoding: 'buffer' });
      const flaw = await openOrRenew(folder, index, names, isSpool);
      return new Disk(folder, await Segments.open(folder), index, mark, flaw);
    } catch (error) {
      if (error instanceof FacepipeError) throw error;
      const { code, reason } = reasonOf(error);
      if (code === 'LEVEL_LOCKED') throw spoolError('FACEPIPE_E_SPOOL_LOCKED', { folder }, error);
      if (isFull(error)) throw spoolError('FACEPIPE_E_SPOOL_DISK_FULL', { folder }, error);
      throw spoolError(
        'FACEPIPE_E_SPOOL_FOLDER',
        { folder, reason: code ? folderReason(error) : reason },
        error,
      );
    }
  }

  /** The folder is a spool, or becomes one: only then anything of it is changed. */
  async claim(): Promise<void> {
    // one that was there before may be open to others; another user's stays as it is, and the faces are 0600 anyway
    await chmod(this.folder, 0o700).catch(() => {});
    await this.takeReserve();
  }

  /** What the index has, in the order of its keys. */
  entries(): AsyncIterable<[string, Buffer]> {
    return this.#index.iterator();
  }

  /** The bytes at a place; undefined when they are not there. @throws FACEPIPE_E_SPOOL_FAILED */
  async read(place: Place): Promise<Buffer | undefined> {
    try {
      return await this.segments.read(place);
    } catch (error) {
      throw diskFailure(this.folder, error);
    }
  }

  /**
   * Writes and syncs faces that the index does not know yet. @throws FACEPIPE_E_SPOOL_DISK_FULL,
   * FACEPIPE_E_SPOOL_FAILED
   */
  async append(faces: readonly Buffer[]): Promise<Place[]> {
    try {
      return await this.segments.append(faces);
    } catch (error) {
      throw diskFailure(this.folder, error);
    }
  }

  /**
   * Changes the index, wholly or not at all. With `sync` the change survives the loss of power, else the end of the
   * program. After an error `reopen` must come first: LevelDB's log may end in half a record, and what follows that is
   * lost.
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

  /**
   * After a failed write. True: LevelDB can make no sense of its files, and the index is a new one without anything in
   * it.
   * @throws FACEPIPE_E_SPOOL_DISK_FULL, FACEPIPE_E_SPOOL_FAILED
   */
  async reopen(failure?: unknown): Promise<boolean> {
    try {
      await this.segments.finish();
      await this.#index.close();
      if (!isDamage(failure)) {
        try {
          await openIndex(this.folder, this.#index, false);
          return false;
        } catch (error) {
          if (!isDamage(error)) throw error;
        }
      }
      await this.renew();
      return true;
    } catch (error) {
      throw diskFailure(this.folder, error);
    }
  }

  /**
   * Makes an index without anything in it. The faces are in their own files, so it can be made from them at any time.
   */
  async renew(): Promise<void> {
    await this.#index.close();
    await renewIndex(this.folder, this.#index);
  }

  /** Says it in the name of a file. What cannot be said is said the next time: it matters only beside other damage. */
  async setMark(mark: Mark): Promise<void> {
    const name = formatMark(mark);
    const last = this.#markName;
    if (name === last) return;
    const path = join(this.folder, name);
    const make = () => writeFile(path, '', { mode: 0o600 });
    const done = last === undefined ? make() : rename(join(this.folder, last), path).catch(make);
    await done.then(
      () => {
        this.#markName = name;
      },
      () => {},
    );
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
      await writeFile(path, randomFillSync(Buffer.alloc(reserveBytes)), { flush: true, mode: 0o600 });
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

/** Opens the index, or makes a new one where its files make no sense, and tells why. */
async function openOrRenew(
  folder: string,
  index: ClassicLevel<string, Buffer>,
  names: readonly string[],
  isSpool: boolean,
): Promise<string | undefined> {
  const isNew = !isSpool && !names.some((name) => ofIndex.test(name));
  try {
    // where CURRENT is gone LevelDB would begin a new index, and take what it finds in old logs for part of it
    await openIndex(folder, index, isNew || names.includes('CURRENT'));
    return undefined;
  } catch (error) {
    const { code, reason } = reasonOf(error);
    if (code === 'LEVEL_LOCKED' || isFull(error)) throw error;
    const isSound = isNew || (await hasSoundCurrent(folder));
    if (isSound && !isDamage(error)) throw error;
    if (!isSpool) {
      const database = `it is a database that does not open (${reason})`;
      throw spoolError('FACEPIPE_E_SPOOL_FOREIGN', { folder, reason: database }, error);
    }
    await renewIndex(folder, index);
    return isSound ? reason : 'its file CURRENT is damaged or missing';
  }
}

/** CURRENT names the file that LevelDB begins with: where it has other bytes LevelDB opens whatever they name. */
async function hasSoundCurrent(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, 'CURRENT'), 'latin1').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return /^MANIFEST-\d+\n$/.test(text);
}

/**
 * LevelDB's lock is free for a moment: a second program that opens the folder then may make the index anew, too. It is
 * made from the faces, which neither touches, so that the worst is that it is made once more at the next start.
 */
async function renewIndex(folder: string, index: ClassicLevel<string, Buffer>): Promise<void> {
  const names = (await readdir(folder)).filter((name) => ofIndex.test(name));
  // the first to go: without it the others count for nothing, wherever this ends
  names.sort((a, b) => Number(b === 'CURRENT') - Number(a === 'CURRENT'));
  for (const name of names) await rm(join(folder, name), { force: true });
  await openIndex(folder, index);
}

async function openIndex(
  folder: string,
  index: ClassicLevel<string, Buffer>,
  createIfMissing = true,
): Promise<void> {
  try {
    await index.open({ createIfMissing });
  } catch (error) {
    if (!isFull(error)) throw error;
    await rm(join(folder, reserve), { force: true });
    await index.open({ createIfMissing });
  }
}
