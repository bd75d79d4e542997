import { createHash, randomBytes } from 'node:crypto';
import type { Login } from './address.js';

/** What a server asks for in WWW-Authenticate. */
export interface Challenge {
  scheme: 'basic' | 'digest';
  fields: Readonly<Record<string, string>>;
}

/** Names of RFC 7616, 3.3; the stronger first. */
const hashes = { 'sha-512-256': 'sha512-256', 'sha-256': 'sha256', md5: 'md5' } as const;
type Hash = keyof typeof hashes;

/** The challenges of one header, which may hold several (RFC 9110, 11.6.1). */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; fields: Record<string, string> }[] = [];
  const token = /([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g;
  for (const [, name = '', quoted, plain] of header.matchAll(token)) {
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), fields: {} });
    else Object.assign(challenges.at(-1)?.fields ?? {}, { [name.toLowerCase()]: value });
  }
  return challenges.flatMap(({ scheme, fields }) =>
    scheme === 'basic' || scheme === 'digest' ? [{ scheme, fields }] : [],
  );
}

function hashOf({ algorithm = 'MD5' }: Challenge['fields']): Hash | undefined {
  const name = algorithm.toLowerCase().replace(/-sess$/, '');
  return Object.hasOwn(hashes, name) ? (name as Hash) : undefined;
}

/** The strongest challenge that can be answered: digest before basic, SHA-256 before MD5. */
export function strongest(challenges: readonly Challenge[]): Challenge | undefined {
  const order = Object.keys(hashes);
  const digests = challenges.filter(({ scheme, fields }) => scheme === 'digest' && hashOf(fields));
  const rank = ({ fields }: Challenge) => order.indexOf(hashOf(fields) ?? '');
  return digests.sort((a, b) => rank(a) - rank(b))[0] ?? challenges.find(({ scheme }) => scheme === 'basic');
}

export interface Asked {
  method: string;
  /** Path and query, as in the request. */
  uri: string;
  /** Only tests choose it. */
  cnonce?: string;
}

/**
 * The Authorization header that answers a challenge: basic (RFC 7617), or digest with qop `auth` or without (RFC 7616).
 */
export function authorize(
  challenge: Challenge,
  { user, password }: Login,
  { method, uri, cnonce = randomBytes(16).toString('hex') }: Asked,
): string {
  const { scheme, fields } = challenge;
  if (scheme === 'basic') return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const { realm = '', nonce = '', opaque, algorithm, qop } = fields;
  const hash = (text: string) =>
    createHash(hashes[hashOf(fields) ?? 'md5'])
      .update(text)
      .digest('hex');
  const secret = hash(`${user}:${realm}:${password}`);
  const first = /-sess$/i.test(algorithm ?? '') ? hash(`${secret}:${nonce}:${cnonce}`) : secret;
  const second = hash(`${method}:${uri}`);
  const protects = qop?.split(',').some((word) => word.trim().toLowerCase() === 'auth') ?? false;
  const nc = '00000001';
  const response = hash(
    protects ? `${first}:${nonce}:${nc}:${cnonce}:auth:${second}` : `${first}:${nonce}:${second}`,
  );
  const quote = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
  const parts = [
    `username=${quote(user)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response="${response}"`,
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
    ...(protects ? ['qop=auth', `nc=${nc}`, `cnonce="${cnonce}"`] : []),
  ];
  return `Digest ${parts.join(', ')}`;
}
