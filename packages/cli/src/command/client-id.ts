import { join, resolve } from 'node:path';
import { FacepipeError, folderReason, openSecret, stateFolder } from '@facepipe/service';
import { cliError } from '../cli-error.js';

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
