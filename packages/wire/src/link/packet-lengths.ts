import writeToStream from 'mqtt-packet/writeToStream.js';

/** mqtt-packet keeps the length fields of lengths below this (its varByteIntCache, 9.0.2). */
const kept = 16_384;
/** A PUBLISH of QoS 0 with a topic of one letter is so much longer than its payload (MQTT 5, 3.3.2). */
const around = 3;
const ignore = { write: () => true };
let filled = false;

/**
 * mqtt-packet keeps the length field of every length that it ever wrote. As a slice of Node's pool of buffers, each may
 * keep 8 kB alive for its two bytes: over 100 MB in a program that publishes pictures for long. Written one after the
 * other they share their pools, and all take 2 MB. Does it once a program, in some 100 ms; what has been written before
 * does no harm.
 */
export function fillPacketLengths(): void {
  if (filled) return;
  filled = true;
  const bytes = Buffer.alloc(kept);
  for (let length = 0; length < kept - around; length++) {
    const payload = bytes.subarray(0, length);
    writeToStream({ cmd: 'publish', topic: 'a', qos: 0, dup: false, retain: false, payload }, ignore);
  }
}
