import type { QoS } from '@facepipe/wire';

/** A message as subscribers get it. */
export interface Content {
  readonly topic: string;
  readonly payload: Buffer;
}

/** What is kept of a session besides its queue. */
export interface SessionRecord {
  readonly filters: readonly (readonly [filter: string, qos: QoS])[];
  /** Milliseconds without its client. */
  readonly absent: number;
}

/** What is kept of a message's place in a queue. */
export interface PlaceRecord {
  readonly qos: 1 | 2;
  /** Bytes of the message. */
  readonly size: number;
  /** Packet id under which it went out, and whether the client has received it; of QoS 2 only. */
  readonly id?: number;
  readonly released?: boolean;
}

/** A retained message or a will. */
export interface PublishRecord extends Content {
  readonly qos: QoS;
  readonly retain: boolean;
  /** Of a will: the run of the broker that took it. */
  readonly brokerId?: string;
}

// an id may contain every character, `!` too
const part = (clientId: string): string => encodeURIComponent(clientId).replaceAll('!', '%21');
// the largest safe integer has 16 digits
const padded = (sequence: number): string => String(sequence).padStart(16, '0');

/** Keys of the database; each kind has its own letter. */
export const keys = {
  message: (sequence: number) => `m!${padded(sequence)}`,
  place: (clientId: string, sequence: number) => `q!${part(clientId)}!${padded(sequence)}`,
  session: (clientId: string) => `s!${part(clientId)}`,
  unreleased: (clientId: string, id: number) => `u!${part(clientId)}!${id}`,
  retained: (topic: string) => `r!${topic}`,
  will: (clientId: string) => `w!${part(clientId)}`,
};

/** The file of a large message. */
export const fileOf = padded;

/** The parts of a key behind its letter. */
export function keyParts(key: string): string[] {
  return key.split('!').slice(1).map(decodeURIComponent);
}

export const encodeJson = (value: SessionRecord | PlaceRecord): Buffer => Buffer.from(JSON.stringify(value));
export const decodeJson = <T extends SessionRecord | PlaceRecord>(value: Buffer): T =>
  JSON.parse(String(value));

/** A payload that does not keep the whole piece of network traffic in memory that it came in. */
export function compact(given: Buffer | string): Buffer {
  const payload = Buffer.isBuffer(given) ? given : Buffer.from(given);
  if (payload.buffer.byteLength <= 2 * payload.length) return payload;
  const copy = Buffer.allocUnsafeSlow(payload.length);
  payload.copy(copy);
  return copy;
}

/** Before the topic and the payload of a message. */
export const lengthBytes = 2;

/** The topic's length in two bytes, the topic, the payload. */
export function encodeContent({ topic, payload }: Content): Buffer {
  const name = Buffer.from(topic);
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt16BE(name.length);
  return Buffer.concat([length, name, payload]);
}

export function decodeContent(value: Buffer): Content {
  const end = lengthBytes + value.readUInt16BE(0);
  return { topic: value.toString('utf8', lengthBytes, end), payload: value.subarray(end) };
}

/** A line of JSON, then the payload. */
export function encodePublish({ topic, payload, qos, retain, brokerId }: PublishRecord): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify({ topic, qos, retain, brokerId })}\n`), payload]);
}

export function decodePublish(value: Buffer): PublishRecord {
  const end = value.indexOf('\n');
  return { ...JSON.parse(value.toString('utf8', 0, end)), payload: value.subarray(end + 1) };
}
