import { loadSharedConfigFiles } from '@smithy/core/config';
import { cloudError } from '../errors.js';
import { withoutUserinfo } from './secret.js';

type Settings = Readonly<Record<string, string | undefined>>;

/** The shared configuration of AWS's tools: one profile, and the file that `services` sections are in. */
export interface SharedConfig {
  profile: Settings;
  config: Readonly<Record<string, Settings | undefined>>;
}

/** @throws FacepipeError FACEPIPE_E_STORE_ENDPOINT */
export function parseEndpoint(endpoint: string): string {
  const shown = withoutUserinfo(endpoint);
  const refuse = (reason: string) => cloudError('FACEPIPE_E_STORE_ENDPOINT', { endpoint: shown, reason });
  // URL would leave out line breaks
  if (/\p{Cc}/u.test(endpoint)) throw refuse('it has a control character');
  if (!URL.canParse(endpoint)) throw refuse('it is not a URL');
  const { protocol, username, password } = new URL(endpoint);
  if (protocol !== 'http:' && protocol !== 'https:') throw refuse('its scheme is neither http nor https');
  if (username !== '' || password !== '') throw refuse('it has credentials in it');
  return endpoint;
}

const isTrue = (text: string | undefined): boolean => text?.trim().toLowerCase() === 'true';

/** The endpoint of the environment, unless that is to be ignored. @throws FacepipeError FACEPIPE_E_STORE_ENDPOINT */
export function endpointOfEnvironment(env: Settings): string | undefined {
  if (isTrue(env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS)) return undefined;
  const given = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL;
  return given ? parseEndpoint(given) : undefined;
}

/**
 * The endpoint by the rules of AWS's tools (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html):
 * the environment, the services section that the profile names, the profile; undefined for AWS's own.
 * @throws FacepipeError FACEPIPE_E_STORE_ENDPOINT
 */
export function configuredEndpoint(env: Settings, { profile, config }: SharedConfig): string | undefined {
  const ignored = env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS || profile.ignore_configured_endpoint_urls;
  if (isTrue(ignored)) return undefined;
  const { services } = profile;
  const section = services ? config[`services.${services}`] : {};
  // AWS in its place would get the faces
  if (!section) {
    const reason = 'the shared configuration has no such section';
    throw cloudError('FACEPIPE_E_STORE_ENDPOINT', {
      endpoint: `of the services section ${services}`,
      reason,
    });
  }
  const given = endpointOfEnvironment(env) ?? (section['s3.endpoint_url'] || profile.endpoint_url);
  return given ? parseEndpoint(given) : undefined;
}

/** The profile that AWS_PROFILE names, `default` without it, out of both shared files. */
export async function sharedConfig(env: Settings): Promise<SharedConfig & { found: boolean }> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const name = env.AWS_PROFILE || 'default';
  const found = configFile[name] !== undefined || credentialsFile[name] !== undefined;
  return { found, profile: { ...configFile[name], ...credentialsFile[name] }, config: configFile };
}
