import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { cloudError } from './errors.js';
import { isKey } from './key.js';
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

/** @throws FacepipeError FACEPIPE_E_STORE_ENDPOINT */
export function parseEndpoint(endpoint: string): string {
  const shown = withoutUserinfo(endpoint);
  const refuse = (reason: string) => cloudError('FACEPIPE_E_STORE_ENDPOINT', { endpoint: shown, reason });
  if (!URL.canParse(endpoint)) throw refuse('it is not a URL');
  const { protocol, username, password } = new URL(endpoint);
  if (protocol !== 'http:' && protocol !== 'https:') throw refuse('its scheme is neither http nor https');
  if (username !== '' || password !== '') throw refuse('it has credentials in it');
  return endpoint;
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

/** How the SDK is to speak with a store; without an endpoint with AWS. */
export function clientConfig(endpoint: string | undefined, options: StoreOptions): S3ClientConfig {
  let region: Promise<string> | undefined;
  const sockets = { maxSockets: (options.concurrency ?? 64) + 4 };
  return {
    // one repetition for a kept-alive connection that was closed; longer outages are the caller's to wait out
    maxAttempts: 2,
    requestHandler: { ...timeouts, throwOnRequestTimeout: true, httpAgent: sockets, httpsAgent: sockets },
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
