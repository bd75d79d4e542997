import { homedir } from 'node:os';
import { join } from 'node:path';
import { expectArgument } from '../argument.js';

/** Where facepipe's programs keep what must outlive them, by the XDG specification: the state of a user's programs. */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
  expectArgument('env', env, 'object');
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'facepipe');
}
