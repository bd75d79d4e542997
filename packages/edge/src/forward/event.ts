import type { FacepipeError } from '@facepipe/service';
import type { OutgoingMessage } from '@facepipe/wire';

export type Side = 'from' | 'to';

export type ForwardEvent =
  /** The target has it. */
  | { type: 'forwarded'; device: string; message: OutgoingMessage }
  | { type: 'receipt'; topic: string; ids: number }
  /** Told once for a topic, until somebody subscribes to it. */
  | { type: 'no-subscribers'; topic: string; error: Error }
  | { type: 'stray'; topic: string; error: Error }
  | { type: 'retry'; side: Side; attempt: number; error: Error }
  | { type: 'dead'; topic: string; reason: string; subscribed: boolean }
  /** The source did not take a dead letter: its message is acknowledged all the same. */
  | { type: 'lost'; topic: string; reason: string; error: Error }
  /** The target refuses this device while it takes others. */
  | { type: 'aside'; device: string; error: FacepipeError }
  /** The target takes the device's messages again. */
  | { type: 'back'; device: string }
  /** A message of a device that is set aside went to the dead letters. */
  | { type: 'put-aside'; topic: string; reason: string; subscribed: boolean }
  | { type: 'online'; side: Side }
  /** `lasting` where it takes somebody to fix it; it is tried again all the same. */
  | { type: 'offline'; side: Side; reason: string; error: FacepipeError; lasting: boolean };

export interface ForwardTotals {
  received: number;
  forwarded: number;
  receipts: number;
  /** Messages that the target can never take. */
  dead: number;
  /** Messages that the target refused while it took others. */
  aside: number;
  /** Messages whose dead letter did not go out. */
  lost: number;
  /** Faces named by receipts that did not go out. */
  receiptsLost: number;
  /** Events of visits that the target has. */
  visits: number;
  /** Events of visits that it does not have, and never gets. */
  visitsMissed: number;
}

export const noTotals = (): ForwardTotals => ({
  received: 0,
  forwarded: 0,
  receipts: 0,
  dead: 0,
  aside: 0,
  lost: 0,
  receiptsLost: 0,
  visits: 0,
  visitsMissed: 0,
});
