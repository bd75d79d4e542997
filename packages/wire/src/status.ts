export interface Status {
  state: 'online' | 'offline';
  instance: string;
  version: string;
  since: string;
  uptime: number;
  totals: Record<string, number>;
  rates: Record<string, number>;
}
export declare function encodeStatus(status: Status): Buffer;
export declare function decodeStatus(payload: Buffer): Status | undefined;
