import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { cliError } from '../error.js';
import { folderReason, makeFolders } from '../state/make-folder.js';

/** Makes the folder that a flag names. @throws FACEPIPE_E_FOLDER when it cannot be made or written to. */
export function makeFolder(flag: string, folder: string): void {
  try {
    makeFolders(resolve(folder));
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw cliError('FACEPIPE_E_FOLDER', { flag, folder, reason: folderReason(error) }, error);
  }
}
