import { readFileSync } from 'node:fs';
import type { Credentials, LinkOptions } from '@facepipe/wire';
import { cliError } from '../cli-error.js';
import type { CredentialFlag } from '../parse/broker-flags.js';
import { checkPem, type PemFile, withoutMark } from './pem.js';
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

/** Of a file that an editor, `echo` or Windows may have ended with a line break, or begun with a byte order mark. */
export function firstLine(content: Buffer): string {
  return (
    content
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/, 1)[0] ?? ''
  );
}

type CredentialFlags<P extends string> = { [K in `${P}${CredentialFlag}`]?: string | undefined };

/**
 * The credentials of one side, and how to read their files again, for every connection: they may be replaced while the
 * program runs.
 * @param prefix `from-` or `to-` for `forward`
 * @param keyFlag what `--key` is called where that is something else
 * @throws FACEPIPE_E_FILE, FACEPIPE_E_PEM
 */
export function credentials<P extends '' | 'from-' | 'to-'>(
  options: CredentialFlags<P>,
  prefix: P,
  log: Session['log'],
  keyFlag = `${prefix}key`,
): Credentials & Required<Pick<LinkOptions, 'credentials'>> {
  if (options[`${prefix}password`] !== undefined) {
    log.warn(`--${prefix}password can be seen in the process list; --${prefix}password-file cannot`);
  }
  const read = () => readCredentials(options, prefix, keyFlag);
  return { ...read(), credentials: read };
}

function readCredentials<P extends '' | 'from-' | 'to-'>(
  options: CredentialFlags<P>,
  prefix: P,
  keyFlag: string,
): Credentials {
  const value = (flag: CredentialFlag): string | undefined => options[`${prefix}${flag}`];
  const file = (flag: CredentialFlag): Buffer | undefined => {
    const path = value(flag);
    return path === undefined ? undefined : readFlagFile(flag === 'key' ? keyFlag : `${prefix}${flag}`, path);
  };
  const pem = (flag: 'ca' | 'cert' | 'key'): PemFile | undefined => {
    const content = file(flag);
    const path = value(flag) ?? '';
    const named = flag === 'key' ? keyFlag : `${prefix}${flag}`;
    return content && { flag: named, file: path, content: withoutMark(content) };
  };
  const [ca, cert, key] = [pem('ca'), pem('cert'), pem('key')];
  checkPem({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });
  const passwordFile = file('password-file');
  const given: Record<keyof Credentials, string | Buffer | undefined> = {
    username: value('username'),
    password: passwordFile ? firstLine(passwordFile) : value('password'),
    ca: ca?.content,
    cert: cert?.content,
    key: key?.content,
  };
  return Object.fromEntries(Object.entries(given).filter(([, credential]) => credential !== undefined));
}
