import { randomFillSync } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeFolders } from '@facepipe/service';
import { ClassicLevel } from 'classic-level';
import { MemoryLevel } from 'memory-level';
import { edgeError } from '../errors.js';
import type { Say } from './troubles.js';

/** A change of a key, or of a file for what is large; a file is written before the keys, and removed after them. */
export type Operation =
  | { type: 'put'; key: string; value: Buffer }
  | { type: 'del'; key: string }
  | { type: 'write'; file: string; value: Buffer }
  | { type: 'remove'; file: string };

type KeyOperation = Extract<Operation, { key: string }>;

/** What one caller wants to be done, wholly or not at all. */
interface Unit {
  readonly operations: readonly Operation[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface KeyRange {
  gt: string;
  lt: string;
}

/** What LevelDB and its stand-in in memory have in common. */
interface Level {
  open(): Promise<void>;
  close(): Promise<void>;
  get(key: string): Promise<Buffer | undefined>;
  batch(operations: KeyOperation[]): Promise<void>;
  keys(range: KeyRange): AsyncIterable<string>;
  iterator(range: KeyRange): AsyncIterable<[key: string, value: Buffer]>;
}

const encoding = { keyEncoding: 'utf8', valueEncoding: 'buffer' } as const;
/** Keys with a prefix that ends with `!` are those below the same prefix with `"`, the next character. */
const below = (prefix: string): KeyRange => ({ gt: prefix, lt: `${prefix.slice(0, -1)}"` });

/** As much as the smallest piece that file systems give to a file. */
const largeBytes = 4096;
/** Of the disk, given back when it is full: deleting needs a little room as well. */
const reserveBytes = 16 * 2 ** 20;
/** How long a full disk is left alone before it is tried again, in milliseconds. */
const pause = 5000;

const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
};

/** What a database on disk consists of. */
interface Disk {
  readonly level: ClassicLevel<string, Buffer>;
  /** Folder of the large values. */
  readonly files: string;
  /** Path of the reserve. */
  readonly reserve: string;
}

/** @throws FACEPIPE_E_BROKER_DATA */
async function openDisk(data: string): Promise<Disk> {
  // folders of its own: LevelDB makes its files readable by everybody, and faces are nobody else's business
  const [queues, files] = ['queues', 'messages'].map((name) => join(data, name)) as [string, string];
  try {
    for (const folder of [queues, files]) {
      makeFolders(resolve(folder), 0o700);
      chmodSync(folder, 0o700);
    }
    const level = new ClassicLevel<string, Buffer>(queues, encoding);
    await level.open();
    return { level, files, reserve: join(queues, 'reserve') };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const locked = cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED';
    const reason = locked ? 'another broker is using it' : reasonOf(error);
    throw edgeError('FACEPIPE_E_BROKER_DATA', { folder: data, reason }, error);
  }
}

/**
 * Where the broker writes down what it must not forget: LevelDB, and a file for each large value, since LevelDB would
 * write those several times and need room to delete them. What is committed has been handed to the operating system: it
 * survives the death of the process, not a power cut.
 */
export class Database {
  readonly #level: Level;
  readonly #disk: Disk | undefined;
  readonly #say: Say;
  #waiting: Unit[] = [];
  #running: Promise<void> | undefined;
  #reserved = true;
  #tried = 0;
  #closed = false;

  private constructor(level: Level, disk: Disk | undefined, say: Say) {
    this.#level = level;
    this.#disk = disk;
    this.#say = say;
  }

  /**
   * @param data folder; absent: in memory
   * @param say told when something could not be written
   * @throws FACEPIPE_E_BROKER_DATA
   */
  static async open(data: string | undefined, say: Say): Promise<Database> {
    if (data === undefined) return new Database(new MemoryLevel<string, Buffer>(encoding), undefined, say);
    const disk = await openDisk(data);
    const database = new Database(disk.level, disk, say);
    await database.#takeReserve();
    return database;
  }

  /** Bytes from which a value is a file of its own. */
  get large(): number {
    return this.#disk ? largeBytes : Number.POSITIVE_INFINITY;
  }

  /** Whether there is room for more. Without it what is there can be read and deleted. */
  get accepts(): boolean {
    if (!this.#reserved && performance.now() - this.#tried > pause) void this.#makeRoom();
    return this.#reserved;
  }

  /** Writes in the order of the calls; all that come while some are being written are written together. */
  commit(operations: readonly Operation[]): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('the broker has stopped'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ operations, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  get(key: string): Promise<Buffer | undefined> {
    return this.#level.get(key);
  }

  /** Undefined when it is not there. */
  async read(file: string): Promise<Buffer | undefined> {
    try {
      return await readFile(this.#path(file));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  keys(prefix: string): AsyncIterable<string> {
    return this.#level.keys(below(prefix));
  }

  entries(prefix: string): AsyncIterable<[key: string, value: Buffer]> {
    return this.#level.iterator(below(prefix));
  }

  async files(): Promise<string[]> {
    return this.#disk ? readdir(this.#disk.files) : [];
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    await this.#level.close();
  }

  #path(file: string): string {
    return join(this.#disk?.files ?? '', file);
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const units = this.#waiting;
      this.#waiting = [];
      const written = await Promise.all(units.map((unit) => this.#writeFiles(unit)));
      await this.#writeKeys(units.filter((_, n) => written[n]));
    }
    this.#running = undefined;
  }

  /** Resolves with false when the unit could not be written and has been refused. */
  async #writeFiles({ operations, reject }: Unit): Promise<boolean> {
    for (const operation of operations) {
      if (operation.type !== 'write') continue;
      const path = this.#path(operation.file);
      try {
        await writeFile(path, operation.value, { mode: 0o600 });
      } catch (error) {
        await rm(path, { force: true }).catch(() => {});
        this.#report(error);
        reject(error);
        return false;
      }
    }
    return true;
  }

  async #writeKeys(units: readonly Unit[]): Promise<void> {
    const operations = units.flatMap(({ operations }) => operations);
    const changes = operations.filter((operation) => 'key' in operation);
    let left = operations.filter(({ type }) => type === 'remove');
    try {
      if (changes.length > 0) await this.#batch(changes);
      for (const { resolve } of units) resolve();
    } catch (error) {
      left = operations.filter(({ type }) => type === 'write');
      for (const { reject } of units) reject(error);
    }
    // one that stays is removed at the next start
    const removed = left.map((one) =>
      'file' in one ? rm(this.#path(one.file), { force: true }) : undefined,
    );
    await Promise.allSettled(removed);
  }

  async #batch(changes: KeyOperation[]): Promise<void> {
    try {
      await this.#level.batch(changes);
    } catch (error) {
      this.#report(error);
      if (!this.#disk) throw error;
      this.#reserved = false;
      this.#tried = performance.now();
      await rm(this.#disk.reserve, { force: true });
      // LevelDB's log may end in half a record, and what would follow that is lost
      await this.#level.close();
      await this.#level.open();
      await this.#level.batch(changes);
    }
  }

  #report(error: unknown): void {
    this.#say(
      `the queues cannot be written (${reasonOf(error)}): what is published is not acknowledged until they can`,
    );
  }

  async #makeRoom(): Promise<void> {
    this.#tried = performance.now();
    try {
      // what was deleted gives its room back only then
      await this.#disk?.level.compactRange('', '~');
    } catch {
      return;
    }
    await this.#takeReserve();
  }

  async #takeReserve(): Promise<void> {
    if (!this.#disk) return;
    try {
      // random: some file systems keep nothing for zeros
      const bytes = randomFillSync(Buffer.alloc(reserveBytes));
      await writeFile(this.#disk.reserve, bytes, { flush: true, mode: 0o600 });
      this.#reserved = true;
    } catch {
      this.#reserved = false;
      await rm(this.#disk.reserve, { force: true }).catch(() => {});
    }
  }
}
