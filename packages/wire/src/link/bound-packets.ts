import type { IPublishPacket, MqttClient } from 'mqtt';
import { type Oversize, PacketBound } from './packet-bound.js';

/** Private API of MQTT.js: what it makes its stream with, the one way to come between that and its parser. */
const streamBuilder = 'streamBuilder';

export interface BoundPackets {
  /** Bytes of the packet that this is the remnant of; undefined for a message that is all there. */
  sizeOf(packet: IPublishPacket): number | undefined;
}

/**
 * Has every packet that comes measured before MQTT.js gathers it. For a client that has not connected yet.
 * @param limit bytes of a packet
 * @param failed called for what cannot be passed over
 */
export function boundPackets(
  client: MqttClient,
  limit: number,
  failed: (error: Error) => void,
): BoundPackets {
  /** Those of which a remnant is on its way. */
  const passedOver: Oversize[] = [];
  const version = client.options.protocolVersion === 5 ? 5 : 4;
  const build: (client: MqttClient) => MqttClient['stream'] = client[streamBuilder];
  client[streamBuilder] = (self: MqttClient) => {
    const stream = build(self);
    const bound = new PacketBound(limit, version, (oversize) => passedOver.push(oversize));
    bound.on('error', failed);
    const pipe = stream.pipe.bind(stream);
    stream.pipe = <T extends NodeJS.WritableStream>(parser: T) => pipe(bound).pipe(parser);
    return stream;
  };
  return {
    sizeOf: ({ topic, payload, messageId }) => {
      const [next] = passedOver;
      if (payload.length > 0 || next?.topic !== topic || next.packetId !== messageId) return undefined;
      passedOver.shift();
      return next.size;
    },
  };
}
