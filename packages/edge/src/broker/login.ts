import { createHash, timingSafeEqual } from 'node:crypto';
import type { AuthenticateError } from 'aedes';

/** Return codes of CONNACK (MQTT 3.1.1, 3.2.2.3). */
type Refusal = 'identifier' | 'unavailable' | 'credentials';
const returnCodes = { identifier: 2, unavailable: 3, credentials: 4 } as const;

export class RefusedConnect extends Error implements AuthenticateError {
  readonly returnCode: 2 | 3 | 4;

  constructor(refusal: Refusal, reason: string) {
    super(reason);
    this.returnCode = returnCodes[refusal];
  }
}

const digest = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest();

/** A check of what a client gives against the one user name and password there is. */
export function loginCheck(username: string, password: string) {
  const expected = [digest(username), digest(password)] as const;
  return (givenName: string | undefined, givenPassword: Buffer | undefined): boolean => {
    // both compared whatever the first says: the time taken tells nothing
    const name = timingSafeEqual(digest(givenName ?? ''), expected[0]);
    const word = timingSafeEqual(digest(givenPassword ?? ''), expected[1]);
    return name && word;
  };
}
