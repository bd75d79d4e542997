import { resolve } from 'node:path';
import { sourceError } from './error.js';

/** What ffmpeg is told to open, what people are shown instead, and how to keep the difference out of messages. */
export interface Address {
  /** For `-i`. Begins with a protocol, so it is never taken for an option. */
  input: string;
  /** The URL without user name, password, query and fragment, or the path as given. */
  name: string;
  /** True for a URL. */
  remote: boolean;
  /** Removes the secrets of this address from any text. */
  redact(text: string): string;
}

/** @throws FACEPIPE_E_SOURCE_SPEC for a malformed URL */
export function parseAddress(spec: string): Address {
  if (!/^(rtsps?|https?):\/\//i.test(spec)) {
    return { input: `file:${resolve(spec)}`, name: spec, remote: false, redact: (text) => text };
  }
  const url = URL.canParse(spec) ? new URL(spec) : undefined;
  if (!url?.hostname) {
    const problem = 'it is not a URL of the form protocol://user:password@host:port/path';
    throw sourceError('FACEPIPE_E_SOURCE_SPEC', { source: withoutUser(spec), problem });
  }
  const name = `${url.protocol}//${url.host}${url.pathname}`;
  const secrets = [url.href, spec, url.search, url.hash, url.password, decoded(url.password)]
    .filter((secret) => secret.length > 1)
    .sort((a, b) => b.length - a.length);
  const redact = (text: string) =>
    withoutUser(
      secrets.reduce((rest, secret) => rest.replaceAll(secret, secret.includes('://') ? name : '…'), text),
    );
  return { input: url.href, name, remote: true, redact };
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
