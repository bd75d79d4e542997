import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expectArgument } from '@facepipe/service';
import { cloudError } from '../errors.js';
import { putDeadline, within } from './deadline.js';
import { isKey } from './key.js';
import { withoutUserinfo } from './secret.js';
import type { CheckOptions, PutOutcome, Store, StoreObject, StoreOptions } from './store.js';

/** Unfinished files wait here, in the store's own file system. */
const workshop = '.facepipe';
/** Another sink on the same folder may be writing the younger ones (ms). */
const abandonedAfter = 10 * 60_000;
/** Puts that were left at their deadline and still go on in the kernel; beyond it no more are begun. */
const maxLeft = 64;
/** What file systems without hard links answer to link(). */
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK']);

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder and needs no fsync of it
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Faces are for their owner, whatever the umask, unless somebody shares them. */
const privately = 0o600;

/** The mode of a folder whose files have this one: who may read them may enter it. */
export function folderModeOf(mode: number = privately): number {
  expectArgument('mode', mode, 'number');
  return mode | ((mode & 0o444) >> 2);
}

/** What the umask took from what somebody shares; a folder keeps the bit by which it hands on its group. */
async function share(path: string, mode: number): Promise<void> {
  if ((mode & 0o077) === 0) return;
  const { mode: made } = await stat(path);
  if ((made & 0o777) !== mode) await chmod(path, (made & 0o7000) | mode);
}

/**
 * Makes a folder and its parents durably: each new name is synced in the folder that holds it.
 * Not mkdir's `recursive`, which never returns where the kernel answers ENOENT below an existing folder (/proc).
 */
async function makeFolder(path: string, mode: number): Promise<void> {
  const make = async () => {
    await mkdir(path, mode);
    await share(path, mode);
    await syncFolder(dirname(path));
  };
  try {
    await make();
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path), mode);
    await make();
  }
}

async function writeFile(path: string, body: Buffer, mode: number, signal?: AbortSignal): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await share(path, mode);
    await handle.writeFile(body, { signal });
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The bytes of a file; undefined where there is none, false where it has more. */
async function readUpTo(path: string, most: number): Promise<Buffer | false | undefined> {
  // a pipe in place of the file would block the thread for ever
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const handle = await open(path, flags).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (!handle) return undefined;
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw Object.assign(new Error('not a file'), { code: 'EISDIR' });
    return found.size <= most && (await handle.readFile());
  } finally {
    await handle.close();
  }
}

/** Whether a file has these bytes; undefined where there is none. A larger one is not read. */
async function holds(path: string, body: Buffer): Promise<boolean | undefined> {
  const found = await readUpTo(path, body.length);
  return found && body.equals(found);
}

/**
 * Objects as files. Each is written under a temporary name, synced, and given its name by a hard link, which fails when
 * the name is taken. Nobody but their owner can read them unless `mode` lets others. The metadata are not written: the
 * image carries its metadata itself.
 */
export class FolderStore implements Store {
  readonly url: string;
  readonly #root: string;
  readonly #mode: number;
  /** By the folder below the root, so that one of them that hangs holds up none of the others. */
  readonly #making = new Map<string, Promise<void>>();
  /** Keys of puts that were left at their deadline and still go on. */
  readonly #left = new Set<string>();

  constructor(url: string, { mode = privately }: Pick<StoreOptions, 'mode'> = {}) {
    this.url = url;
    this.#mode = mode;
    const shown = url.startsWith('file:///') ? url : withoutUserinfo(url);
    const refuse = (reason: string, cause?: unknown) =>
      cloudError('FACEPIPE_E_STORE_URL', { url: shown, reason }, cause);
    if (!url.startsWith('file:///')) throw refuse('its path is not absolute');
    if (/[?#]/.test(url)) throw refuse('"?" and "#" in a path are written %3F and %23');
    try {
      this.#root = fileURLToPath(url);
    } catch (error) {
      throw refuse('it is not the URL of a path on this machine', error);
    }
  }

  /** Makes the folder, writes and removes a file, and removes what a crash left behind. */
  check({ deadline = 30_000 }: CheckOptions = {}): Promise<void> {
    return this.#within(workshop, deadline, undefined, async () => {
      const probe = join(this.#root, workshop, `${randomUUID()}.tmp`);
      await this.#makeFolder(workshop);
      await writeFile(probe, Buffer.of(), this.#mode);
      await rm(probe);
      await this.#sweep();
    });
  }

  async put({ key, body }: StoreObject, signal?: AbortSignal): Promise<PutOutcome> {
    if (!isKey(key) || key.startsWith('.'))
      throw cloudError('FACEPIPE_E_STORE_KEY', { key, store: this.url });
    return this.#within(key, putDeadline(body.length), signal, (until) => this.#deliver(key, body, until));
  }

  async get(key: string, most: number, signal?: AbortSignal): Promise<Buffer | undefined> {
    if (!isKey(key) || key.startsWith('.'))
      throw cloudError('FACEPIPE_E_STORE_KEY', { key, store: this.url });
    const path = join(this.#root, ...key.split('/'));
    return this.#within(key, putDeadline(most), signal, () =>
      readUpTo(path, most).then((found) => found || undefined),
    );
  }

  async close(): Promise<void> {}

  /** Nothing ends a system call that hangs, so another put of its key would only hang, too. */
  #within<T>(
    key: string,
    ms: number,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ) {
    const late = () =>
      cloudError('FACEPIPE_E_STORE_SLOW', { store: this.url, seconds: Math.round(ms / 1000) });
    return within(ms, signal, late, async (until) => {
      if (this.#left.has(key) || this.#left.size >= maxLeft) throw late();
      const leave = () => this.#left.add(key);
      until.addEventListener('abort', leave, { once: true });
      try {
        return await work(until);
      } catch (error) {
        throw until.aborted ? error : this.#fault(error);
      } finally {
        until.removeEventListener('abort', leave);
        this.#left.delete(key);
      }
    });
  }

  async #deliver(key: string, body: Buffer, signal: AbortSignal): Promise<PutOutcome> {
    const path = join(this.#root, ...key.split('/'));
    const unfinished = join(this.#root, workshop, `${randomUUID()}.tmp`);
    try {
      await this.#makeFolder(...key.split('/').slice(0, -1));
      const same = await holds(path, body);
      if (same !== undefined) return await this.#found(path, same);
      await this.#makeFolder(workshop);
      await writeFile(unfinished, body, this.#mode, signal);
      return await this.#name(unfinished, path, body);
    } finally {
      await rm(unfinished, { force: true }).catch(() => undefined);
    }
  }

  /** One at a time below each folder, so that nobody goes on in one that another put has made and not yet synced. */
  async #makeFolder(first?: string, ...rest: string[]): Promise<void> {
    await this.#chain('', this.#root);
    if (first !== undefined) await this.#chain(first, join(this.#root, first, ...rest));
  }

  #chain(name: string, path: string): Promise<void> {
    const made = (this.#making.get(name) ?? Promise.resolve()).then(() =>
      makeFolder(path, folderModeOf(this.#mode)),
    );
    const settled = made
      .catch(() => undefined)
      .then(() => {
        if (this.#making.get(name) === settled) this.#making.delete(name);
      });
    this.#making.set(name, settled);
    return made;
  }

  async #name(unfinished: string, path: string, body: Buffer): Promise<PutOutcome> {
    try {
      await link(unfinished, path);
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'EEXIST' && !noLinks.has(code)) throw error;
      const same = await holds(path, body);
      if (same !== undefined) return await this.#found(path, same);
      // without links nothing but this look keeps another process's file of that moment from being replaced
      await rename(unfinished, path);
    }
    await syncFolder(dirname(path));
    return 'stored';
  }

  /** A file found may be another put's of this moment: its name must be durable too before it counts. */
  async #found(path: string, same: boolean): Promise<PutOutcome> {
    if (!same) return 'conflict';
    await syncFolder(dirname(path));
    return 'duplicate';
  }

  async #sweep(): Promise<void> {
    const folder = join(this.#root, workshop);
    for (const name of await readdir(folder)) {
      if (!/^[0-9a-f-]{36}\.tmp$/.test(name)) continue;
      const found = await stat(join(folder, name)).catch(() => undefined);
      if (found && Date.now() - found.mtimeMs > abandonedAfter) await rm(join(folder, name), { force: true });
    }
  }

  #fault(error: unknown): Error {
    const code = codeOf(error);
    const reasons: Record<string, string> = {
      EACCES: 'it is not writable',
      EPERM: 'it is not writable',
      EROFS: 'its file system is read-only',
      ENOENT: 'it cannot be made',
      ENOTDIR: 'a part of its path is not a folder',
      EEXIST: 'it is not a folder',
      EISDIR: 'something that is not a file has the name of one',
      ENOSPC: 'its file system is full',
      EDQUOT: 'its quota is used up',
    };
    const reason = reasons[code] ?? (code || (error instanceof Error ? error.message : String(error)));
    return cloudError('FACEPIPE_E_STORE_FOLDER', { folder: this.#root, reason }, error);
  }
}
