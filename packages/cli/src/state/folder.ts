import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where facepipe's programs keep what must outlive them, by the XDG specification: the state of a user's programs. */
export function stateFolder({ XDG_STATE_HOME }: NodeJS.ProcessEnv = process.env): string {
  return join(XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'facepipe');
}
