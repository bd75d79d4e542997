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

/** [4][256]: what a byte does that is the last, the second last and so on of four. */
const table = new Uint32Array(4 * 256);
for (let value = 0; value < 256; value++) {
  let rest = value;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  table[value] = rest;
}
for (let at = 256; at < table.length; at++) {
  const before = table[at - 256] ?? 0;
  table[at] = (before >>> 8) ^ (table[before & 255] ?? 0);
}

/** CRC-32 of ISO 3309, as in zip files. Four bytes at a time: one by one a megabyte took 10 ms of a start. */
export function crc32(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = bytes.length & ~3;
  let crc = -1;
  for (let at = 0; at < whole; at += 4) {
    const four = crc ^ view.getInt32(at, true);
    crc =
      (table[768 + (four & 255)] ?? 0) ^
      (table[512 + ((four >>> 8) & 255)] ?? 0) ^
      (table[256 + ((four >>> 16) & 255)] ?? 0) ^
      (table[four >>> 24] ?? 0);
  }
  for (let at = whole; at < bytes.length; at++)
    crc = (crc >>> 8) ^ (table[(crc ^ (bytes[at] ?? 0)) & 255] ?? 0);
  return ~crc >>> 0;
}
