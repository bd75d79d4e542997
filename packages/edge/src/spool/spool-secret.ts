import { join } from 'node:path';
import { FacepipeError, openSecret, replaceSecret, secretFile } from '@facepipe/service';
import { diskFailure } from './failure.js';

/**
 * The secret beside the faces of an open spool, of which client ids are made. A damaged one is replaced: nothing but
 * receipts waits under the old client id, and a face without receipt goes again.
 * @param onDamaged called with its file where it was damaged
 * @throws FACEPIPE_E_SPOOL_FAILED, FACEPIPE_E_SPOOL_DISK_FULL
 */
export async function spoolSecret(folder: string, onDamaged: (file: string) => void): Promise<Buffer> {
  try {
    return await openSecret(folder).catch((error) => {
      if (!(error instanceof FacepipeError)) throw error;
      onDamaged(join(folder, secretFile));
      return replaceSecret(folder);
    });
  } catch (error) {
    throw diskFailure(folder, error);
  }
}
