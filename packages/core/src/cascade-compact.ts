// A cascade as numbers, which loads in about a millisecond where its XML takes a hundred. Little-endian; a header of
// eight 32-bit words (mark, flags, window width and height, stages, trees, nodes, features), then one after the other,
// each section begun at a multiple of four bytes:
//   threshold of each stage, trees of each stage
//   nodes of each tree; leaves: one more than nodes, tree by tree
//   left, right, feature of each node; split of each node: 1 value, or the 8 words of an LBP set
//   HAAR: for each feature a byte, twice its number of rectangles, and 1 if they are tilted
//   rectangles: x, y, width, height in bytes, or in 16 bits where a window is too large; HAAR: their weights
// Values are float32, as OpenCV reads them. Flags: 1 LBP, 256 rectangles in 16 bits.

export const mark = 0x32434346; // "FCC2"
export const headerWords = 8;
export const flags = { lbp: 1, wide: 256 } as const;

/** Whether the bytes begin as `packCascade of cascade-pack.ts` makes them. */
export function isCompact(bytes: Uint8Array): boolean {
  const { buffer, byteOffset, byteLength } = bytes;
  return byteLength >= headerWords * 4 && new DataView(buffer, byteOffset).getInt32(0, true) === mark;
}

/** The cascade's window in pixels, of bytes in the compact form. */
export function windowOf({ buffer, byteOffset }: Uint8Array): { width: number; height: number } {
  const view = new DataView(buffer, byteOffset);
  return { width: view.getInt32(8, true), height: view.getInt32(12, true) };
}
