import type { FacepipeError } from './error.js';
import type { IncomingMessage, OutgoingMessage, QoS } from './message.js';

/** Where and how to connect. */
export interface LinkOptions {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`, with host and optional port and userinfo (percent-encoded). */
  url: string;
  clientId?: string;
  username?: string;
  password?: string;
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  clean?: boolean;
  sessionExpiry?: number;
  keepalive?: number;
  will?: OutgoingMessage;
  connectTimeout?: number;
  publishTimeout?: number;
  maxInflight?: number;
  receiveMaximum?: number;
  maxHeld?: number;
  onConnect?: (link: Link) => void | Promise<void>;
  onDisconnect?: (reason: FacepipeError) => void;
}

/** One connection to one broker, kept up until `close`. */
export interface Link {
  readonly url: string;
  readonly clientId: string;
  readonly protocolVersion: 4 | 5;
  readonly connected: boolean;
  readonly sessionPresent: boolean;
  readonly held: number;
  readonly maximumPacketSize?: number;
  readonly ended: Promise<FacepipeError>;
  publish(message: OutgoingMessage, options?: { timeout?: number }): Promise<{ routed: boolean }>;
  subscribe(
    filter: string,
    handler: (message: IncomingMessage) => Promise<void>,
    options?: { qos?: QoS },
  ): Promise<void>;
  unsubscribe(filter: string): Promise<void>;
  close(options?: { timeout?: number; keepSubscriptions?: boolean }): Promise<void>;
}

export declare function connect(options: LinkOptions, signal?: AbortSignal): Promise<Link>;
export declare function redact(url: string): string;
