import type { IPublishPacket } from 'mqtt';
import type { IncomingMessage } from '../message/message.js';

/** MQTT.js's parser gives null for a text that is cut short, whatever its types say. */
const isText = (value: unknown): value is string => typeof value === 'string';

/** The message in a PUBLISH packet, as a broker sent it that may be hostile. */
export function incoming(packet: IPublishPacket): IncomingMessage {
  const { topic, payload, qos, retain, dup, properties } = packet;
  const contentType: unknown = properties?.contentType;
  const entries: [name: string, value: string][] = [];
  for (const [name, value] of Object.entries(properties?.userProperties ?? {})) {
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (isText(first)) entries.push([name, first]);
  }
  return {
    topic,
    payload: Buffer.isBuffer(payload) ? payload : Buffer.from(payload),
    qos,
    retain,
    duplicate: dup,
    ...(isText(contentType) && { contentType }),
    userProperties: Object.fromEntries(entries),
  };
}
