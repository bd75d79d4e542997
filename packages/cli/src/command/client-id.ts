import { join, resolve } from 'node:path';
import { diskFailure } from '@facepipe/edge/spool/failure';
import {
  FacepipeError,
  folderReason,
  openSecret,
  replaceSecret,
  secretFile,
  stateFolder,
} from '@facepipe/service';
import { cliError } from '../error.js';
import type { Session } from './session.js';

/**
 * The secret that a program's client ids are made of: a broker gives a session to whoever comes with its client id.
 * @param role the folder below the user's state, where `state` names no other
 * @throws FACEPIPE_E_STATE_FOLDER, FACEPIPE_E_SECRET_DAMAGED
 */
export async function stateSecret(
  role: 'forward' | 'sink' | 'log',
  state: string | undefined,
): Promise<Buffer> {
  let folder = state ?? `~/.local/state/facepipe/${role}`;
  try {
    // a user without a home folder is an error of the system's
    folder = state === undefined ? join(stateFolder(), role) : resolve(state);
    return await openSecret(folder);
  } catch (error) {
    if (error instanceof FacepipeError) throw error;
    throw cliError('FACEPIPE_E_STATE_FOLDER', { folder, reason: folderReason(error) }, error);
  }
}

/**
 * The secret beside the faces of an open spool. A damaged one is replaced, aloud: nothing but receipts waits under the old
 * client id, and a face without receipt goes again.
 * @throws FACEPIPE_E_SPOOL_FAILED, FACEPIPE_E_SPOOL_DISK_FULL
 */
export async function spoolSecret(folder: string, log: Session['log']): Promise<Buffer> {
  try {
    return await openSecret(folder).catch((error) => {
      if (!(error instanceof FacepipeError)) throw error;
      log.error(
        `${join(folder, secretFile)} is damaged: a new client id is made; faces whose receipts wait under the old one go again`,
      );
      return replaceSecret(folder);
    });
  } catch (error) {
    throw diskFailure(folder, error);
  }
}
