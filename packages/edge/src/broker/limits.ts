import { defaultMaximumPacketSize } from '@facepipe/wire';

const MiB = 2 ** 20;
const GiB = 2 ** 30;

/** What the embedded broker lets one client and all of them together have. */
export interface BrokerLimits {
  /** Connections at once. Beyond it the oldest that has not logged in gives way, else the new one. */
  readonly connections: number;
  /** Milliseconds from the connection to a complete CONNECT. */
  readonly connectTimeout: number;
  /** Milliseconds without a byte passing while something waits to be sent; then the reader is hung up on. */
  readonly stalled: number;
  /** Bytes of the largest PUBLISH. */
  readonly packet: number;
  /** Bytes of the largest CONNECT; it holds the will, which stays in memory. */
  readonly connectPacket: number;
  /** Bytes of the largest packet of any other kind. */
  readonly controlPacket: number;
  /** Topic filters of one client; further ones are refused (SUBACK 0x80). */
  readonly filters: number;
  /** Messages that one client may have unacknowledged. */
  readonly inflight: number;
  /** Bytes of them; one message may exceed it. */
  readonly inflightBytes: number;
  /** Bytes that may wait in the memory of one connection before the next message is kept back. */
  readonly buffered: number;
  /** Messages of QoS 2 that one client may have sent without releasing them (PUBREL). */
  readonly unreleased: number;
  /** Sessions kept for clients that come back; further ones are refused (CONNACK 3). */
  readonly sessions: number;
  /** Milliseconds a session is kept without its client, counted while the broker runs. */
  readonly sessionExpiry: number;
  /** Messages queued for one session; further ones are not queued for it, which is said and counted. */
  readonly sessionMessages: number;
  /** Their bytes. */
  readonly sessionBytes: number;
  /**
   * Messages queued for all kept sessions together. Beyond it a publish is not acknowledged: the publisher is hung up
   * on.
   */
  readonly messages: number;
  /** Their bytes, each message counted once. */
  readonly bytes: number;
  /** Bytes queued in memory for connected clients without a kept session; then those that lag are hung up on. */
  readonly heldBytes: number;
  /** Retained messages; further ones are delivered and not retained, which is said and counted. */
  readonly retained: number;
  /** Their bytes; they stay in memory. */
  readonly retainedBytes: number;
}

/** With queues on disk. */
export const diskLimits: BrokerLimits = {
  connections: 1000,
  connectTimeout: 10_000,
  stalled: 60_000,
  packet: defaultMaximumPacketSize,
  connectPacket: 64 * 1024,
  controlPacket: 256 * 1024,
  filters: 1000,
  inflight: 1000,
  inflightBytes: 32 * MiB,
  buffered: 256 * 1024,
  unreleased: 1000,
  sessions: 1000,
  // as long as the links of facepipe's programs ask for
  sessionExpiry: 7 * 24 * 3600_000,
  sessionMessages: 100_000,
  sessionBytes: GiB,
  messages: 500_000,
  bytes: 4 * GiB,
  heldBytes: 128 * MiB,
  retained: 10_000,
  retainedBytes: 32 * MiB,
};

/** With queues in memory. */
export const memoryLimits: BrokerLimits = {
  ...diskLimits,
  sessionMessages: 10_000,
  sessionBytes: 64 * MiB,
  messages: 50_000,
  bytes: 128 * MiB,
};
