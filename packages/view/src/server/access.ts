import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';

/** What a request says of where it comes from, in lower case. */
export interface Asked {
  host: string | undefined;
  origin: string | undefined;
  /** As a reverse proxy says which host it was asked for. */
  forwardedHost: string | undefined;
}

/** Signed-in browsers that are remembered; one more signs the oldest out. */
const maxSessions = 1000;
/** How long a browser stays signed in, ms. */
const sessionTime = 30 * 24 * 3600_000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** `localhost:8090` → `localhost`, `[::1]:8090` → `::1`. */
function hostName(host: string): string {
  const [, six] = /^\[([^\]]*)\](?::\d+)?$/.exec(host) ?? [];
  return six ?? host.replace(/:\d+$/, '');
}

/** Whether only this machine can reach an address. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/**
 * Who may see the page. Without a token, who comes from this machine by one of its own names: a page of another site
 * that had its name point here (DNS rebinding) names another host. With one, who has signed in with it; the cookie
 * belongs to the host it was given by, so that any host name will do.
 */
export class Access {
  readonly #token: Buffer | undefined;
  /** By the digest of their key, with when they end. */
  readonly #sessions = new Map<string, number>();

  constructor(token: string | undefined) {
    this.#token = token === undefined ? undefined : digest(token);
  }

  /** Whether a token is asked for. */
  get needed(): boolean {
    return this.#token !== undefined;
  }

  /** Why a request is refused, whoever makes it; undefined where it is not. */
  refusal({ host, origin, forwardedHost }: Asked): string | undefined {
    if (host === undefined) return 'The request names no host.';
    if (!this.needed && !isLoopback(hostName(host)))
      return 'This page is served to this machine only, as localhost. For other names it needs --view-token-file.';
    if (origin === undefined) return undefined;
    const from = URL.canParse(origin) ? new URL(origin).host : origin;
    const isOwn = from === host || (this.needed && forwardedHost !== undefined && from === forwardedHost);
    return isOwn ? undefined : 'The request comes from a page of another site.';
  }

  /** @param key of the browser's cookie */
  isSignedIn(key: string | undefined, now: number): boolean {
    if (!this.needed) return true;
    return key !== undefined && (this.#sessions.get(digest(key).toString('hex')) ?? 0) > now;
  }

  /** Returns the key for the browser's cookie; undefined where the token is wrong. */
  signIn(token: string, now: number): { key: string; maxAge: number } | undefined {
    if (!this.#token || !timingSafeEqual(digest(token), this.#token)) return undefined;
    const key = randomBytes(32).toString('base64url');
    this.#sessions.set(digest(key).toString('hex'), now + sessionTime);
    if (this.#sessions.size > maxSessions) {
      const [oldest] = this.#sessions.keys();
      if (oldest !== undefined) this.#sessions.delete(oldest);
    }
    return { key, maxAge: sessionTime / 1000 };
  }

  signOut(key: string | undefined): void {
    if (key !== undefined) this.#sessions.delete(digest(key).toString('hex'));
  }
}
