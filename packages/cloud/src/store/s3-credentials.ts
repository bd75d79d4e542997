import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { defaultProvider } from '@aws-sdk/credential-provider-node';

type Environment = Readonly<Record<string, string | undefined>>;

/** No credentials, or none that can be used; its message continues "No credentials were found (". */
export class CredentialsFault extends Error {
  override readonly name = 'CredentialsFault';
}

/** How a provider tells in the chain's log why it has none; the chain itself throws the last one's reason only. */
const spoken = /^@smithy\/property-provider (?:->|\(!\)) (.*)$/s;
/** Of a provider that nobody has set up. */
const idle =
  /^(AWS_PROFILE is set|Unable to find environment|Skipping SSO|Web identity configuration not|Profile .* (did not contain|could not be found)|Could not load credentials from any)/;
/** What the SDK says of a profile without anything to log in with, also when there is no such profile. */
const bare = /^Could not resolve credentials using profile: \[(.*)\]/;

/** The words of a provider without the command line that it ran, in which there may be secrets. */
function worded(message: string): string {
  const [first = '', ...more] = message.trim().split('\n');
  const text = /^Command failed/.test(first)
    ? `its credential_process failed: ${more.find((line) => line.trim() !== '')?.trim() ?? 'it says nothing'}`
    : first;
  return text.trim().replace(/\.$/, '').slice(0, 300);
}

/** What one may have meant to log in with, and why that gave nothing. */
function reasonOf(error: unknown, said: readonly string[], env: Environment, found: boolean): string {
  const own = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: key, AWS_PROFILE: profile } = env;
  const reasons: string[] = [];
  if (profile && !found) reasons.push(`the shared configuration has no profile ${profile}`);
  else if (!profile && id && !key) reasons.push('AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY');
  else if (!profile && !id && key) reasons.push('AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID');
  if (code === 'ENOENT' || code === 'EACCES') {
    const why = code === 'ENOENT' ? 'is not there' : 'may not be read';
    const file = error instanceof Error && 'path' in error ? String(error.path) : 'of a token';
    reasons.push(`the file ${file} ${why}`);
  } else if (!idle.test(own)) reasons.push(worded(own));
  for (const line of said) {
    const message = spoken.exec(line)?.[1] ?? '';
    const name = bare.exec(message)?.[1];
    // the default profile need not be there
    if (message === '' || idle.test(message) || (name !== undefined && !(profile && found))) continue;
    reasons.push(name === undefined ? worded(message) : `the profile ${name} has nothing to log in with`);
  }
  const { AWS_WEB_IDENTITY_TOKEN_FILE: token, AWS_ROLE_ARN: role } = env;
  if (token && !role) reasons.push('AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN');
  // the chain throws again what its last provider has said
  return reasons.length > 0 ? [...new Set(reasons)].join('; ') : 'no provider has any';
}

/** @throws CredentialsFault for what no header can hold: a file or variable that ends with a line break, say */
function checkText(credentials: {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}): void {
  const parts = {
    'the access key id': credentials.accessKeyId,
    'the secret access key': credentials.secretAccessKey,
    'the session token': credentials.sessionToken ?? '',
  };
  for (const [name, text] of Object.entries(parts)) {
    if (/[^\x21-\x7e]/.test(text))
      throw new CredentialsFault(
        `${name} has a line break, a blank or another character that cannot be in one`,
      );
  }
}

/** The SDK's default chain, with each provider's own reason. @param found whether the profile is in the shared files */
export function credentialChain(
  env: Environment,
  found: boolean,
): NonNullable<S3ClientConfig['credentials']> {
  let said: string[] = [];
  const quiet = () => {};
  const logger = { debug: (line: string) => said.push(line), info: quiet, warn: quiet, error: quiet };
  const chain = defaultProvider({ logger });
  return async (options?: Parameters<typeof chain>[0]) => {
    said = [];
    const credentials = await chain(options).catch((error: unknown) => {
      throw new CredentialsFault(reasonOf(error, said, env, found), { cause: error });
    });
    checkText(credentials);
    return credentials;
  };
}
