import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cloudError } from './errors.js';
import { isKey } from './key.js';
import { withoutUserinfo } from './secret.js';
import type { PutOutcome, Store, StoreObject } from './store.js';

/** Unfinished files wait here, in the store's own file system. */
const workshop = '.facepipe';
/** Another sink on the same folder may be writing the younger ones (ms). */
const abandonedAfter = 10 * 60_000;
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

/** Faces are for their owner and, where it is so set up, a group: whatever the umask, for nobody else. */
const folderMode = 0o750;
const fileMode = 0o640;

/**
 * Makes a folder and its parents durably: each new name is synced in the folder that holds it.
 * Not mkdir's `recursive`, which never returns where the kernel answers ENOENT below an existing folder (/proc).
 */
async function makeFolder(path: string): Promise<void> {
  const make = async () => {
    await mkdir(path, folderMode);
    await syncFolder(dirname(path));
  };
  try {
    await make();
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await make();
  }
}

async function writeFile(path: string, body: Buffer, signal?: AbortSignal): Promise<void> {
  const handle = await open(path, 'wx', fileMode);
  try {
    await handle.writeFile(body, { signal });
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A reader for a file that may not be there. */
async function readExisting(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Objects as files. Each is written under a temporary name, synced, and given its name by a hard link, which fails
 * when the name is taken. Others than owner and group cannot read them. The metadata are not written: the image carries its facts itself.
 */
export class FolderStore implements Store {
  readonly url: string;
  readonly #root: string;
  #making: Promise<void> = Promise.resolve();

  constructor(url: string) {
    this.url = url;
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
  async check(): Promise<void> {
    const probe = join(this.#root, workshop, `${randomUUID()}.tmp`);
    try {
      await this.#makeFolder(join(this.#root, workshop));
      await writeFile(probe, Buffer.of());
      await rm(probe);
      await this.#sweep();
    } catch (error) {
      throw this.#fault(error);
    }
  }

  async put({ key, body }: StoreObject, signal?: AbortSignal): Promise<PutOutcome> {
    if (!isKey(key) || key.startsWith('.'))
      throw cloudError('FACEPIPE_E_STORE_KEY', { key, store: this.url });
    const path = join(this.#root, ...key.split('/'));
    const unfinished = join(this.#root, workshop, `${randomUUID()}.tmp`);
    try {
      await this.#makeFolder(dirname(path));
      const before = await readExisting(path);
      if (before) return await this.#compare(path, before, body);
      await this.#makeFolder(dirname(unfinished));
      await writeFile(unfinished, body, signal);
      return await this.#name(unfinished, path, body);
    } catch (error) {
      throw signal?.aborted ? error : this.#fault(error);
    } finally {
      await rm(unfinished, { force: true }).catch(() => undefined);
    }
  }

  async close(): Promise<void> {}

  /** One at a time, so that nobody goes on in a folder that another put has made and not yet synced. */
  #makeFolder(path: string): Promise<void> {
    const made = this.#making.then(() => makeFolder(path));
    this.#making = made.catch(() => undefined);
    return made;
  }

  async #name(unfinished: string, path: string, body: Buffer): Promise<PutOutcome> {
    try {
      await link(unfinished, path);
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'EEXIST' && !noLinks.has(code)) throw error;
      const before = await readExisting(path);
      if (before) return await this.#compare(path, before, body);
      // without links nothing but this look keeps another process's file of that moment from being replaced
      await rename(unfinished, path);
    }
    await syncFolder(dirname(path));
    return 'stored';
  }

  /** A file found may be another put's of this moment: its name must be durable too before it counts. */
  async #compare(path: string, before: Buffer, body: Buffer): Promise<PutOutcome> {
    if (!before.equals(body)) return 'conflict';
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
      ENOSPC: 'its file system is full',
      EDQUOT: 'its quota is used up',
    };
    const reason = reasons[code] ?? (code || (error instanceof Error ? error.message : String(error)));
    return cloudError('FACEPIPE_E_STORE_FOLDER', { folder: this.#root, reason }, error);
  }
}
