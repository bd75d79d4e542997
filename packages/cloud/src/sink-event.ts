/** What the sink tells while it runs. `key` is without the store's prefix; `lag` is in ms from the capture. */
export type SinkEvent =
  | {
      type: 'stored' | 'duplicate';
      id: string;
      key: string;
      device: string;
      bytes: number;
      lag?: number;
    }
  /** `heard` is false where the broker (MQTT 5) said that nobody subscribes to the dead letters. */
  | { type: 'dead'; id: string; reason: string; topic: string; heard: boolean }
  | { type: 'store-retry'; attempt: number; error: Error }
  /** Once for each reason; `lasting` where it takes somebody to mend it. Everything is kept and tried again. */
  | { type: 'store-down'; error: Error; lasting: boolean }
  | { type: 'store-up' }
  | { type: 'receipt-retry'; error: Error }
  /** Somebody makes the session take what the sink itself sends; told once. It is dropped. */
  | { type: 'stray'; topic: string; error: Error }
  /** `lasting` where it takes somebody to mend it. */
  | { type: 'online' | 'offline'; reason?: string; lasting?: boolean };

/** `received` = `stored` + `duplicates` + `dead` + what is in flight. `bytes` are those of what was stored. */
export interface Totals {
  received: number;
  stored: number;
  duplicates: number;
  dead: number;
  bytes: number;
}
