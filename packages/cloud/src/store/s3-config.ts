import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { cloudError } from '../errors.js';
import { isKey } from './key.js';
import { credentialChain } from './s3-credentials.js';
import { namesProxy, ProxiedAgent } from './s3-proxy.js';
import { withoutUserinfo } from './secret.js';
import type { StoreOptions } from './store.js';

/** ms; a store that is silent for longer counts as unreachable, and the put is tried again. */
const timeouts = { connectionTimeout: 5_000, requestTimeout: 30_000, socketTimeout: 30_000 };

/** @throws FacepipeError FACEPIPE_E_STORE_URL */
export function parseUrl(url: string): { bucket: string; prefix: string } {
  const refuse = (reason: string) =>
    cloudError('FACEPIPE_E_STORE_URL', { url: withoutUserinfo(url), reason });
  const [bucket = '', ...parts] = url.slice('s3://'.length).replace(/\/+$/, '').split('/');
  if (bucket.includes('@')) throw refuse('credentials come from the environment, never from the URL');
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(bucket)) throw refuse('it does not name a bucket');
  const prefix = parts.join('/');
  if (prefix !== '' && !isKey(prefix)) throw refuse('its prefix has an empty, "." or ".." part');
  if (/\p{Cc}/u.test(prefix)) throw refuse('its prefix has a control character');
  if (Buffer.byteLength(prefix) > 300) throw refuse('its prefix is longer than 300 bytes');
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/` };
}

/** @throws FacepipeError FACEPIPE_E_STORE_OPTION */
export function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  known: readonly T[],
): T | undefined {
  const found = known.find((candidate) => candidate === value);
  if (value !== undefined && found === undefined) {
    throw cloudError('FACEPIPE_E_STORE_OPTION', { name, value, known: known.join(', ') });
  }
  return found;
}

/** The region that the SDK's own rules find; stores that are not AWS have none and take any. */
async function anyRegion(): Promise<string> {
  const probe = new S3Client({});
  try {
    return await probe.config.region();
  } catch {
    return 'us-east-1';
  } finally {
    probe.destroy();
  }
}

/** What the SDK puts into headers, which hold no line breaks. @throws FacepipeError FACEPIPE_E_STORE_OPTION */
export function plainText(name: string, value: string | undefined, such: string): string | undefined {
  if (value === undefined || /^[\x21-\x7e]+$/.test(value)) return value;
  throw cloudError('FACEPIPE_E_STORE_OPTION', { name, value: JSON.stringify(value), known: such });
}

/**
 * How the SDK is to speak with a store; without an endpoint with AWS.
 * @param found whether the profile is in the shared files
 */
export function clientConfig(
  endpoint: string | undefined,
  options: StoreOptions,
  found: boolean,
): S3ClientConfig {
  let region: Promise<string> | undefined;
  const sockets = { maxSockets: (options.concurrency ?? 64) + 4 };
  const { env } = process;
  const agent = namesProxy(env) ? new ProxiedAgent(sockets, env) : sockets;
  return {
    credentials: credentialChain(env, found),
    // one repetition for a kept-alive connection that was closed; longer outages are the caller's to wait out
    maxAttempts: 2,
    requestHandler: { ...timeouts, throwOnRequestTimeout: true, httpAgent: agent, httpsAgent: agent },
    ...(endpoint === undefined
      ? { ...(options.region !== undefined && { region: options.region }), followRegionRedirects: true }
      : {
          endpoint,
          // the SDK asks for every request
          region:
            options.region ??
            (() => {
              region ??= anyRegion();
              return region;
            }),
          // many stores refuse the SDK's CRC32 trailers or ignore them; Content-MD5 is sent instead
          requestChecksumCalculation: 'WHEN_REQUIRED',
          responseChecksumValidation: 'WHEN_REQUIRED',
        }),
    forcePathStyle: options.pathStyle ?? endpoint !== undefined,
  };
}
