import { createHmac } from 'node:crypto';
import { argumentError, expectArgument } from '@facepipe/service';

/** What every MQTT 3.1.1 broker takes: 23 letters and digits [MQTT-3.1.3-5]. */
const longest = 23;
const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * A client id that nobody can guess who has not the secret, and that is the same for the same work: a broker keeps a
 * session under its client id, and gives it to whoever comes with the id, as any user.
 * @param role begins the id, so that people find it in a broker's log: at most 8 letters, which leaves 89 bits of
 *   chance
 * @param secret at least 16 random bytes
 * @param work what makes it another session: topics, brokers, …
 * @returns 23 letters and digits
 * @throws FACEPIPE_E_ARGUMENT
 */
export function clientIdFrom(role: string, secret: Buffer, work: readonly string[]): string {
  expectArgument('role', role, 'text');
  expectArgument('secret', secret, 'bytes');
  expectArgument('work', work, 'texts');
  if (!/^[a-z]{1,8}$/.test(role)) throw argumentError('1 to 8 small letters', 'role', JSON.stringify(role));
  if (secret.length < 16) throw argumentError('at least 16 bytes', 'secret', String(secret.length));
  const digest = createHmac('sha256', secret)
    .update(JSON.stringify([role, ...work]))
    .digest();
  let rest = digest.reduce((number, byte) => number * 256n + BigInt(byte), 0n);
  let id = role;
  while (id.length < longest) {
    id += letters[Number(rest % 62n)];
    rest /= 62n;
  }
  return id;
}
