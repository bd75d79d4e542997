import constants from 'mqtt-packet/constants.js';

/**
 * mosquitto answers a message beyond its message_size_limit with "packet too large" in PUBACK. MQTT 5 does not list
 * that (3.4.2.1), so MQTT.js's parser would stop at it, and the message would be sent again on every connection.
 */
export function knowPacketTooLarge(): void {
  constants.MQTT5_PUBACK_PUBREC_CODES[149] = 'Packet too large';
}
