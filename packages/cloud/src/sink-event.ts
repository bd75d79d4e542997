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
  | { type: 'dead'; id: string; reason: string; topic: string }
  | { type: 'store-retry'; attempt: number; error: Error }
  | { type: 'receipt-retry'; error: Error }
  | { type: 'online' | 'offline'; reason?: string };

/** `received` = `stored` + `duplicates` + `dead` + what is in flight. `bytes` are those of what was stored. */
export interface Totals {
  received: number;
  stored: number;
  duplicates: number;
  dead: number;
  bytes: number;
}
