import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { expectArgument } from '../argument.js';

/** Why a folder cannot be made or written to, by the system's code. */
const words: Record<string, string> = {
  EACCES: 'this user may not write to it',
  EPERM: 'this user may not write to it',
  EROFS: 'its file system is read-only',
  ENOENT: 'nothing can be made there',
  EEXIST: 'it is not a folder',
  ENOTDIR: 'a part of its path is not a folder',
  ENAMETOOLONG: 'its name is too long',
  ENOSPC: 'its file system is full',
  EDQUOT: 'its quota is used up',
  ELOOP: 'its symbolic links lead round',
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** In words where there are some; else the system's code, or what it is that was thrown. */
export function folderReason(error: unknown): string {
  const code = codeOf(error);
  return words[code] ?? (code || (error instanceof Error ? error.message : String(error)));
}

/**
 * Makes a folder and its parents. Not mkdir's `recursive`, which never returns, and cannot be killed, where the kernel
 * answers ENOENT below an existing folder (/proc).
 * @param mode of each folder that is made, less the umask; default 0o777
 * @throws what mkdir(2) answers
 */
export function makeFolders(folder: string, mode = 0o777): void {
  expectArgument('folder', folder, 'text');
  expectArgument('mode', mode, 'number');
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') {
      // also where mkdir answers something else about a folder that is there, such as a drive's root
      if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
      throw error;
    }
    if (dirname(folder) === folder) throw error;
    makeFolders(dirname(folder), mode);
    mkdirSync(folder, { mode });
  }
}
