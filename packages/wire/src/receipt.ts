export declare function encodeReceipt(ids: readonly string[]): Buffer;
export declare function decodeReceipt(payload: Buffer): string[];
