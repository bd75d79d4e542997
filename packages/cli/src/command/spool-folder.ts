import { join } from 'node:path';
import { stateFolder } from '@facepipe/service';

/** Where a device's faces wait unless --spool says otherwise. */
export function spoolFolder(name: string, env: NodeJS.ProcessEnv = process.env): string {
  // one folder name, on every file system
  const folder = encodeURIComponent(name).replace(/[*'().]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return join(stateFolder(env), 'spool', folder);
}
