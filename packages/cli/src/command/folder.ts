import { accessSync, constants } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { folderReason, makeFolders } from '@facepipe/service';
import { cliError } from '../cli-error.js';

/**
 * Makes the folder that a flag names.
 * @param mode default: what the umask leaves, for a folder that is the user's own
 * @throws FACEPIPE_E_FOLDER when it cannot be made or written to
 */
export function makeFolder(flag: string, folder: string, mode = 0o777): void {
  try {
    makeFolders(resolve(folder), mode);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw cliError('FACEPIPE_E_FOLDER', { flag, folder, reason: folderReason(error) }, error);
  }
}

/** How many faces a folder of a sink's has, and their bytes; without what stores keep beside them. */
export async function contentsOf(folder: string): Promise<{ faces: number; bytes: number }> {
  const found = { faces: 0, bytes: 0 };
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (
      !entry.isFile() ||
      relative(folder, path)
        .split(sep)
        .some((part) => part.startsWith('.facepipe'))
    )
      continue;
    // one that goes meanwhile is not there
    found.bytes += await stat(path).then(
      ({ size }) => size,
      () => 0,
    );
    found.faces++;
  }
  return found;
}
