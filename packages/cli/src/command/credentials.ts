import { readFileSync } from 'node:fs';
import type { LinkOptions } from '@facepipe/wire';
import { cliError } from '../error.js';
import type { CredentialFlag } from '../parse/broker-flags.js';
import type { Session } from './session.js';

/** Reads a file named by a flag. @throws FACEPIPE_E_FILE */
export function readFlagFile(flag: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw cliError('FACEPIPE_E_FILE', { file, flag, reason }, error);
  }
}

type CredentialFlags<P extends string> = { [K in `${P}${CredentialFlag}`]?: string | undefined };
type Credentials = Pick<LinkOptions, 'username' | 'password' | 'ca' | 'cert' | 'key'>;

/** The credentials of one side, its files read; `prefix` is `from-` or `to-` for `forward`. */
export function credentials<P extends '' | 'from-' | 'to-'>(
  options: CredentialFlags<P>,
  prefix: P,
  log: Session['log'],
): Credentials {
  const value = (flag: CredentialFlag): string | undefined => options[`${prefix}${flag}`];
  const file = (flag: CredentialFlag): Buffer | undefined => {
    const path = value(flag);
    return path === undefined ? undefined : readFlagFile(`${prefix}${flag}`, path);
  };
  if (value('password') !== undefined) {
    log.warn(`--${prefix}password can be seen in the process list; --${prefix}password-file cannot`);
  }
  const firstLine = file('password-file')?.toString('utf8').split(/\r?\n/, 1)[0];
  const given: Record<keyof Credentials, string | Buffer | undefined> = {
    username: value('username'),
    password: firstLine ?? value('password'),
    ca: file('ca'),
    cert: file('cert'),
    key: file('key'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, credential]) => credential !== undefined));
}
