import type { FaceFacts, Size } from './face.js';

export type ImageFormat = 'png' | 'jpeg' | 'webp';
export interface Pixels extends Size {
  data: Uint8Array;
  channels: 1 | 3 | 4;
}
export interface ImageInfo extends Size {
  format: string;
  contentType: string;
  extension: string;
  facts?: FaceFacts;
}
export declare function encodeImage(
  pixels: Pixels,
  facts: FaceFacts,
  options?: { format?: ImageFormat; quality?: number },
): Promise<Buffer>;
export declare function inspectImage(payload: Uint8Array): Promise<ImageInfo>;
