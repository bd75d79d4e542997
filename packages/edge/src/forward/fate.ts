import { FacepipeError } from '@facepipe/service';

/** What the target can never take, by the reason of its dead letter. */
const impassable: Record<string, string | undefined> = {
  FACEPIPE_E_FORWARD_DEVICE: 'device-missing',
  FACEPIPE_E_TOO_LARGE: 'too-large',
  FACEPIPE_E_TOPIC: 'topic-invalid',
  FACEPIPE_E_PROPERTY: 'property-invalid',
};

/** What the target does not take, and may take when somebody changes something there. */
const refused: Record<string, 'refused' | 'unrouted' | undefined> = {
  FACEPIPE_E_PUBLISH_DENIED: 'refused',
  FACEPIPE_E_PUBLISH_REFUSED: 'refused',
  FACEPIPE_E_FORWARD_HUNG_UP: 'refused',
  FACEPIPE_E_FORWARD_PASSED_OVER: 'refused',
  FACEPIPE_E_FORWARD_UNROUTED: 'unrouted',
};

/** What an error means for the message it came of. `again`: it says nothing of the message, only of the connection. */
export type Fate =
  | { readonly what: 'dead'; readonly reason: string; readonly error: FacepipeError }
  | { readonly what: 'refused'; readonly reason: 'refused' | 'unrouted'; readonly error: FacepipeError }
  | { readonly what: 'again'; readonly error: Error };

export function fateOf(cause: unknown): Fate {
  if (!(cause instanceof FacepipeError)) {
    return { what: 'again', error: cause instanceof Error ? cause : new Error(String(cause)) };
  }
  const dead = impassable[cause.code];
  if (dead) return { what: 'dead', reason: dead, error: cause };
  const reason = refused[cause.code];
  return reason ? { what: 'refused', reason, error: cause } : { what: 'again', error: cause };
}

const has = (error: Error, code: string): boolean => error instanceof FacepipeError && error.code === code;
/** The broker ends the connection for it. */
export const isHungUp = (error: Error): boolean => has(error, 'FACEPIPE_E_FORWARD_HUNG_UP');
/** It is about the message, where anything else passes. */
export const isDecisive = (error: Error): boolean =>
  isHungUp(error) || has(error, 'FACEPIPE_E_FORWARD_PASSED_OVER');
/** The link was closed: the program ends. */
export const isClosed = (error: Error): boolean => has(error, 'FACEPIPE_E_LINK_CLOSED');
