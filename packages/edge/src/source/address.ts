import { resolve } from 'node:path';
import { sourceError } from './source-error.js';

/** What a camera wants to know before it shows anything. */
export interface Login {
  user: string;
  password: string;
}

/** Where a source is, what people are shown instead, and how to keep the difference out of messages. */
export interface Address {
  /** Begins with a protocol, so it is never taken for an option. A URL has its user name and password in it. */
  input: string;
  /**
   * The URL without user name, password, query, fragment and what may be a secret in its path, or the path as given.
   */
  name: string;
  /** The URL without user name and password; undefined for a path. */
  url?: URL;
  login?: Login;
  /** Removes the secrets of this address from any text. */
  redact(text: string): string;
}

/**
 * @param login in place of the URL's own
 * @throws FACEPIPE_E_SOURCE_SPEC for a malformed URL
 */
export function parseAddress(spec: string, login?: Login): Address {
  if (!/^(rtsps?|https?):\/\//i.test(spec)) {
    return { input: `file:${resolve(spec)}`, name: spec, redact: (text) => text };
  }
  const refuse = (problem: string) =>
    sourceError('FACEPIPE_E_SOURCE_SPEC', { source: withoutAuthority(spec), problem });
  const whole = URL.canParse(spec) ? new URL(spec) : undefined;
  if (!whole?.hostname) throw refuse('it is not a URL of the form protocol://user:password@host:port/path');
  // what comes before an @ in the path may be the end of a password, and the host not the host
  if (whole.pathname.includes('@'))
    throw refuse('it has an @ in its path: in a password / is written %2F, # %23 and ? %3F, in a path @ %40');
  const { username, password } = whole;
  const given =
    login ?? (username || password ? { user: decoded(username), password: decoded(password) } : undefined);
  const url = new URL(whole);
  url.username = url.password = '';
  const input = new URL(url);
  if (given) {
    input.username = encodeURIComponent(given.user);
    input.password = encodeURIComponent(given.password);
  }
  const shown = shownPath(url.pathname);
  const name = `${url.protocol}//${url.host}${shown}`;
  const masked = url.pathname.split('/').filter((segment, i) => segment !== shown.split('/')[i]);
  const secrets = [
    ...[input.href, url.href, spec, url.search, url.hash, ...masked, ...url.searchParams.values()],
    ...[password, decoded(password), given?.password ?? '', input.password],
  ]
    .filter((secret) => secret.length > 1)
    .sort((a, b) => b.length - a.length);
  const redact = (text: string) =>
    withoutUser(
      secrets.reduce((rest, secret) => rest.replaceAll(secret, secret.includes('://') ? name : '…'), text),
    );
  return { input: input.href, name, url, ...(given && { login: given }), redact };
}

/** Words beside which cameras take secrets in the path, as in `/user=admin_password=tlJwpbo6_channel=1`. */
const secretive = /pass|pwd|user|token|auth|key|secret|login|credential/i;

/** The path with what may be a secret in it as `…`: a part that names one, or that looks like a random text. */
function shownPath(path: string): string {
  return path
    .split('/')
    .map((part) => (secretive.test(part) || part.includes('=') || isRandom(part) ? '…' : part))
    .join('/');
}

/** Ten or more letters and digits without a word in them: a stream's key. */
function isRandom(part: string): boolean {
  return part
    .split(/[-_.~%]/)
    .some((word) => /^[a-z0-9]{10,}$/i.test(word) && /[a-z]/i.test(word) && /\d/.test(word));
}

/** A URL that cannot be trusted to be one: its protocol and nothing of what may be a password. */
function withoutAuthority(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/).*@/is, '$1').replace(/[?#].*$/s, '');
}

/** Any URL's user and password; up to the last @ before the path, as the URL standard reads it. */
function withoutUser(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/]*@/gi, '$1');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
