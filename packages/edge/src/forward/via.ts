import { createHash } from 'node:crypto';

/** Of the user property in which faces carry the tokens of the forwarders they came through. */
const property = 'via';

/**
 * What stands for a forwarder in receipts and faces that it carried: the same for the same client id, which it does not
 * tell. What comes back with it has gone round: both sides are one broker, or forwarders make a ring.
 */
export function viaToken(clientId: string): string {
  return createHash('sha256').update(`facepipe via ${clientId}`).digest('hex').slice(0, 16);
}

export function cameThrough(userProperties: Readonly<Record<string, string>>, token: string): boolean {
  return (userProperties[property] ?? '').split(' ').includes(token);
}

/** The user properties with one more token. */
export function withVia(
  userProperties: Readonly<Record<string, string>>,
  token: string,
): Record<string, string> {
  const { [property]: before = '' } = userProperties;
  return { ...userProperties, [property]: `${before} ${token}`.trim() };
}
