import type { FacepipeError } from '@facepipe/service';

/**
 * What the sink tells while it runs. `key` is without the store's prefix; `lag` is in ms from the capture,
 * `implausible` says that the time of the capture cannot be right.
 */
export type SinkEvent =
  | {
      type: 'stored' | 'duplicate';
      id: string;
      key: string;
      device: string;
      bytes: number;
      lag?: number;
      implausible?: true;
    }
  /**
   * `subscribed` is false where the letter did not go out, or the broker (MQTT 5) said that nobody subscribes. `error`
   * says why letter or quarantine was given up; the other one has it.
   */
  | { type: 'dead'; id: string; reason: string; topic: string; subscribed: boolean; error?: Error }
  /** Neither broker nor quarantine took the dead letter: its message is acknowledged all the same. */
  | { type: 'lost'; id: string; reason: string; topic: string; error: Error }
  /** The store refuses this device while it takes others; its messages become dead letters. */
  | { type: 'aside'; device: string; error: Error }
  /** The store takes the device's messages again. */
  | { type: 'back'; device: string }
  | { type: 'store-retry'; attempt: number; error: Error }
  /** Once for each reason; `lasting` where it takes somebody to fix it. Everything is kept and tried again. */
  | { type: 'store-down'; error: Error; lasting: boolean }
  | { type: 'store-up' }
  | { type: 'receipt-retry'; error: Error }
  /** Somebody makes the session take what the sink itself sends; told once. It is dropped. */
  | { type: 'stray'; topic: string; error: Error }
  | { type: 'online' }
  /** `lasting` where it takes somebody to fix it; it is tried again all the same. */
  | { type: 'offline'; reason: string; error: FacepipeError; lasting: boolean };

/** `received` = `stored` + `duplicates` + `dead` + what is not done yet. `bytes` are those of what was stored. */
export interface Totals {
  received: number;
  stored: number;
  duplicates: number;
  dead: number;
  bytes: number;
}
