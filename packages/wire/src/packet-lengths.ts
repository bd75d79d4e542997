import { createRequire } from 'node:module';

/**
 * mqtt-packet keeps the length field of every length below 16384 that it ever wrote. As a slice of Node's pool of buffers,
 * each may keep 8 kB alive for its two bytes: over 100 MB in a program that publishes pictures for long. Buffers of their
 * own make it 2 MB. This must be loaded before mqtt is, which takes the function at its start.
 */
const numbers: { genBufVariableByteInt: (value: number) => Buffer } = createRequire(
  createRequire(import.meta.url).resolve('mqtt'),
)('mqtt-packet/numbers');
const pooled = numbers.genBufVariableByteInt;
numbers.genBufVariableByteInt = (value) => Buffer.from(Uint8Array.from(pooled(value)).buffer);
