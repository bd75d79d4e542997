import { wireError } from '../errors.js';
import { expectOutgoing, type OutgoingMessage } from '../message/message.js';
import { forbidden } from '../message/topic.js';

/** The largest packet MQTT can express: 256 MiB less a byte of remaining length, and its header (MQTT 5, 2.1.4). */
export const largestPacket = 268_435_460;

/**
 * Bytes of the largest packet that facepipe's programs take and their brokers let in, unless told otherwise: 8 MiB, a
 * picture of 12 megapixels as JPEG. Every bound of memory is counted in it.
 */
export const defaultMaximumPacketSize = 8 * 2 ** 20;

const text = (value: string): number => 2 + Buffer.byteLength(value);

/** Bytes of a variable byte integer (MQTT 5, 1.5.5). */
function integer(value: number): number {
  if (value < 128) return 1;
  if (value < 16_384) return 2;
  return value < 2_097_152 ? 3 : 4;
}

/** Bytes of the PUBLISH packet this message becomes (MQTT 5, 3.3), to compare with a broker's maximum packet size. */
export function packetSize(message: OutgoingMessage, version: 4 | 5): number {
  expectOutgoing(message);
  const { topic, payload, qos = 1, contentType, userProperties = {} } = message;
  let rest = text(topic) + (qos > 0 ? 2 : 0) + payload.length;
  if (version === 5) {
    let properties = contentType === undefined ? 0 : 1 + text(contentType);
    for (const [name, value] of Object.entries(userProperties)) properties += 1 + text(name) + text(value);
    rest += integer(properties) + properties;
  }
  return 1 + integer(rest) + rest;
}

/**
 * Checks what MQTT.js would otherwise answer by destroying the connection.
 * @throws FACEPIPE_E_PROPERTY
 */
export function checkProperties({ contentType, userProperties = {} }: OutgoingMessage): void {
  const all = Object.entries(userProperties);
  if (contentType !== undefined) all.push(['content type', contentType]);
  for (const [name, value] of all) {
    const fault = [name, value].some((part) => Buffer.byteLength(part) > 65535)
      ? 'is too long'
      : /[\0\p{Cs}]/u.test(name + value)
        ? 'contains NUL or broken Unicode'
        : forbidden.test(name + value)
          ? 'contains a control character or a noncharacter, for which brokers hang up'
          : undefined;
    if (fault) throw wireError('FACEPIPE_E_PROPERTY', { name: name.slice(0, 100), reason: fault });
  }
}
