import { accessSync, constants, mkdirSync } from 'node:fs';
import { cliError } from '../error.js';

/**
 * Makes the folder that a flag names.
 * @param mode default: what the umask leaves, for a folder that is the user's own
 * @throws FACEPIPE_E_FOLDER when it cannot be made or written to
 */
export function makeFolder(flag: string, folder: string, mode = 0o777): void {
  try {
    mkdirSync(folder, { recursive: true, mode });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw cliError('FACEPIPE_E_FOLDER', { flag, folder, reason }, error);
  }
}
