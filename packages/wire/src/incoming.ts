import type { IPublishPacket } from 'mqtt';
import type { IncomingMessage } from './message.js';

/** What MQTT.js received, as a message. */
export function incoming(packet: IPublishPacket): IncomingMessage {
  const { topic, payload, qos, retain, dup, properties } = packet;
  const entries = Object.entries(properties?.userProperties ?? {});
  return {
    topic,
    payload: Buffer.isBuffer(payload) ? payload : Buffer.from(payload),
    qos,
    retain,
    duplicate: dup,
    ...(properties?.contentType === undefined ? {} : { contentType: properties.contentType }),
    userProperties: Object.fromEntries(
      entries.map(([name, value]) => [name, Array.isArray(value) ? (value[0] ?? '') : value]),
    ),
  };
}
