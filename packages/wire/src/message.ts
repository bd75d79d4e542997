import type { FaceFacts } from './face.js';
import type { ImageInfo } from './image.js';

export type QoS = 0 | 1 | 2;
export interface OutgoingMessage {
  topic: string;
  payload: Buffer;
  qos?: QoS;
  retain?: boolean;
  contentType?: string;
  userProperties?: Record<string, string>;
}
export interface IncomingMessage {
  topic: string;
  payload: Buffer;
  qos: QoS;
  retain: boolean;
  duplicate: boolean;
  contentType?: string;
  userProperties: Record<string, string>;
}
export interface Arrival extends ImageInfo {
  id: string;
  facts?: FaceFacts;
  topic: string;
  payload: Buffer;
  sha256: string;
}
export declare function encodeFace(
  topic: string,
  facts: FaceFacts,
  payload: Buffer,
  contentType: string,
  qos?: QoS,
): OutgoingMessage;
export declare function decodeFace(message: IncomingMessage): Promise<Arrival>;
