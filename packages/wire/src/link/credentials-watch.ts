import { isDeepStrictEqual } from 'node:util';
import { systemClock } from '@facepipe/service';
import { wireError } from '../errors.js';
import type { Connection } from './connection.js';
import type { Credentials, Settings } from './link-options.js';

/** Ends the connection once its credentials are no longer those that are given, unless it is being closed anyway. */
export async function watchCredentials(
  connection: Connection,
  used: Credentials,
  { broker, credentials, credentialsInterval }: Settings,
  signal: AbortSignal,
  closing: () => boolean,
): Promise<void> {
  while (connection.open) {
    await systemClock.sleep(credentialsInterval, signal);
    // Files that are just being replaced, or gone, are no reason to give up a connection.
    const current = await Promise.resolve()
      .then(credentials)
      .catch(() => used);
    if (!connection.open || closing()) return;
    if (isDeepStrictEqual(current, used)) continue;
    void connection.end(wireError('FACEPIPE_E_CREDENTIALS_CHANGED', { broker: broker.name }));
  }
}
