// what MQTT.js's packet library has beside its index, which alone has types

declare module 'mqtt-packet/constants.js' {
  const constants: { MQTT5_PUBACK_PUBREC_CODES: Record<number, string> };
  export default constants;
}

declare module 'mqtt-packet/writeToStream.js' {
  /** `stream`: `write` is all it needs. */
  export default function writeToStream(
    packet: import('mqtt-packet').Packet,
    stream: { write(bytes: Buffer): boolean },
  ): boolean;
}
