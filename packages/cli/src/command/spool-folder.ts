import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where a device's faces wait unless --spool says otherwise: the state of a user's programs, by the XDG specification. */
export function spoolFolder(name: string, { XDG_STATE_HOME }: NodeJS.ProcessEnv = process.env): string {
  const state = XDG_STATE_HOME || join(homedir(), '.local', 'state');
  // one folder name, on every file system
  const folder = encodeURIComponent(name).replace(/[*'().]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return join(state, 'facepipe', 'spool', folder);
}
