import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { cliError } from '../cli-error.js';

/** A file that a flag names, as it was read. */
export interface PemFile {
  flag: string;
  file: string;
  content: Buffer;
}

interface Block {
  label: string;
  text: string;
  /** Undefined: its end is missing. */
  whole: string | undefined;
}

const refuse = ({ flag, file }: PemFile, problem: string, cause?: unknown): Error =>
  cliError('FACEPIPE_E_PEM', { flag, file, problem }, cause);

/** The blocks of a file; text around them is a comment (RFC 7468, 2). */
function blocksOf({ content }: PemFile): Block[] {
  const text = content.toString('latin1');
  return [...text.matchAll(/^-----BEGIN ([A-Z0-9 ]+)-----/gm)].map(({ 0: begin, 1: label = '', index }) => {
    const rest = text.slice(index);
    const next = rest.indexOf('-----BEGIN ', begin.length);
    const end = new RegExp(`^-----END ${label}-----`, 'm').exec(next < 0 ? rest : rest.slice(0, next));
    const whole = end ? `${rest.slice(0, end.index)}${end[0]}\n` : undefined;
    return { label, text: whole ?? rest, whole };
  });
}

/** What a file without any block is. */
function foreign({ content }: PemFile): string {
  if (content.length === 0) return 'is empty';
  if (/^\s*$/.test(content.toString('latin1'))) return 'is blank';
  // PowerShell's redirection writes it
  if ((content[0] === 0xff && content[1] === 0xfe) || (content[0] === 0xfe && content[1] === 0xff))
    return 'is text in UTF-16; write it in ASCII or UTF-8';
  // a SEQUENCE of ASN.1
  if (content[0] === 0x30 && (content[1] ?? 0) >= 0x80)
    return 'is in DER or PKCS#12, not in PEM; openssl x509, pkey or pkcs12 turns it into PEM';
  return 'holds no PEM: no line begins with -----BEGIN';
}

const isCertificate = ({ label }: Block) => /^(X509 |TRUSTED )?CERTIFICATE$/.test(label);
const isKey = ({ label }: Block) => label.endsWith('PRIVATE KEY');

/** What a file has instead of what belongs there. */
function instead(blocks: readonly Block[], wanted: string): string {
  const found = blocks.some(isCertificate)
    ? 'a certificate'
    : blocks.some(isKey)
      ? 'a private key'
      : `a block of ${blocks[0]?.label}`;
  return `has ${found} where ${wanted} belongs`;
}

/** The certificates of a file, the first one first. @throws FACEPIPE_E_PEM */
function certificatesOf(given: PemFile): X509Certificate[] {
  const blocks = blocksOf(given);
  if (blocks.length === 0) throw refuse(given, foreign(given));
  const found = blocks.filter(isCertificate);
  if (found.length === 0) throw refuse(given, instead(blocks, 'a certificate'));
  return found.map(({ whole }, index) => {
    const which =
      found.length === 1 ? 'its certificate' : `certificate ${index + 1} of ${found.length} in it`;
    if (whole === undefined) throw refuse(given, `is cut off: ${which} has no end`);
    try {
      return new X509Certificate(whole);
    } catch (error) {
      throw refuse(given, `is damaged: ${which} cannot be read`, error);
    }
  });
}

/** @throws FACEPIPE_E_PEM */
function keyOf(given: PemFile): KeyObject {
  const blocks = blocksOf(given);
  if (blocks.length === 0) throw refuse(given, foreign(given));
  const block = blocks.find(isKey);
  if (!block) throw refuse(given, instead(blocks, 'a private key'));
  const { label, text, whole } = block;
  if (label.startsWith('ENCRYPTED') || /^Proc-Type:.*ENCRYPTED/m.test(text))
    throw refuse(given, 'is encrypted; openssl pkey writes it without a password, in a file of mode 0600');
  if (label.startsWith('OPENSSH')) throw refuse(given, 'has a key of OpenSSH, which is not one for TLS');
  if (whole === undefined) throw refuse(given, 'is cut off: its private key has no end');
  try {
    return createPrivateKey(whole);
  } catch (error) {
    throw refuse(given, 'is damaged: its private key cannot be read', error);
  }
}

/**
 * The certificates and keys that a program is given, before TLS says of them less in more words. @throws FACEPIPE_E_PEM
 */
export function checkPem(files: Partial<Record<'ca' | 'cert' | 'key', PemFile>>): void {
  const { ca, cert, key } = files;
  if (ca) certificatesOf(ca);
  const [own] = cert ? certificatesOf(cert) : [];
  const secret = key && keyOf(key);
  if (key && own && secret && !own.checkPrivateKey(secret)) {
    throw refuse(key, `has a key that does not belong to the certificate in ${cert?.file}`);
  }
  for (const [name, given] of [
    ['ca', ca],
    ['cert', cert],
  ] as const) {
    if (!given) continue;
    try {
      createSecureContext({ [name]: given.content, ...(name === 'cert' && key && { key: key.content }) });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      throw refuse(given, `cannot be used for TLS (${code})`, error);
    }
  }
}

/** Without the byte order mark, before which OpenSSL finds no first block. */
export function withoutMark(content: Buffer): Buffer {
  return content.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? content.subarray(3) : content;
}
