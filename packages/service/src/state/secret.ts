import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expectArgument } from '../argument.js';
import { serviceError } from '../errors.js';

/** The file in the spool or the state folder. */
export const secretFile = 'secret';
/** Random bytes in it: nobody guesses 256 bits. */
const length = 32;
/** What file systems without hard links answer to link(). */
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK']);

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

const check = (secret: Buffer): string => createHash('sha256').update(secret).digest('hex').slice(0, 8);

/** The secret and a check of it in hex: other bytes would be another client id, and its queue out of reach. */
export function encodeSecret(secret: Buffer): string {
  return `${secret.toString('hex')} ${check(secret)}\n`;
}

/** Undefined where a byte of it is not as it was written. */
export function decodeSecret(text: string): Buffer | undefined {
  const [, hex = '', found] = /^([0-9a-f]{64}) ([0-9a-f]{8})\n$/.exec(text) ?? [];
  const secret = Buffer.from(hex, 'hex');
  return found === check(secret) ? secret : undefined;
}

/**
 * The random secret kept in a folder; made, durably, where there is none. Programs that make one at the same moment get
 * the same.
 * @throws FACEPIPE_E_SECRET_DAMAGED, and what the file system throws
 */
export async function openSecret(folder: string): Promise<Buffer> {
  expectArgument('folder', folder, 'text');
  return (await readSecret(folder)) ?? makeSecret(folder, false);
}

/** A new secret in the place of a damaged one. @throws what the file system throws */
export async function replaceSecret(folder: string): Promise<Buffer> {
  expectArgument('folder', folder, 'text');
  return makeSecret(folder, true);
}

async function readSecret(folder: string): Promise<Buffer | undefined> {
  const file = join(folder, secretFile);
  let text: string;
  try {
    text = await readFile(file, 'latin1');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  const secret = decodeSecret(text);
  if (!secret) throw serviceError('FACEPIPE_E_SECRET_DAMAGED', { file });
  return secret;
}

async function makeSecret(folder: string, replace: boolean): Promise<Buffer> {
  const secret = randomBytes(length);
  const file = join(folder, secretFile);
  const unfinished = `${file}.${randomBytes(8).toString('hex')}.tmp`;
  await makeFolder(folder);
  try {
    const handle = await open(unfinished, 'wx', 0o600);
    try {
      await handle.writeFile(encodeSecret(secret));
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (replace) await rename(unfinished, file);
    else await name(unfinished, file);
    await syncFolder(folder);
  } finally {
    await rm(unfinished, { force: true });
  }
  // another program may have been first
  return (await readSecret(folder)) ?? secret;
}

/** Gives a file its name, unless that is taken. */
async function name(unfinished: string, file: string): Promise<void> {
  try {
    await link(unfinished, file);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return;
    if (![...noLinks].some((code) => hasCode(error, code))) throw error;
    await rename(unfinished, file);
  }
}

/**
 * Makes a folder and its parents for this user alone, each name synced in the folder that holds it. Not mkdir's
 * `recursive`, which never returns where the kernel answers ENOENT below an existing folder (/proc).
 */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return;
    if (!hasCode(error, 'ENOENT') || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder, { mode: 0o700 });
  }
  await syncFolder(dirname(folder));
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder and needs no fsync of it
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
