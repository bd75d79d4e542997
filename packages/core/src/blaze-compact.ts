// A network and its weights as they lie in a file of the package. Little-endian; a header of four 32-bit words (mark,
// CRC-32 of all that follows the second, layers, heads), then
//   each layer: kind, kernel, stride, relu in bytes; source, other, channels in 16 bits, and 16 bits of nothing
//   each head: scores, boxes, anchors in 16 bits, and 16 bits of nothing
//   weights and bias of each layer, one layer after the other, as half floats in the order that convolve.ts and
//   depthwise.ts read them

export const mark = 0x315a4c42; // "BLZ1"
export const headerBytes = 16;
export const layerBytes = 12;
export const headBytes = 8;

const table = Uint32Array.from({ length: 256 }, (_, value) => {
  let rest = value;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** CRC-32 of ISO 3309, as in zip files. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let index = 0; index < bytes.length; index++) {
    crc = (table[(crc ^ (bytes[index] ?? 0)) & 255] ?? 0) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
