// Tables that row.ts looks answers up in, made once for a memory.

/**
 * OpenCV passes over the window after one that the first stage rejects. For each set of rejections among four columns
 * of two rows, whose bits take turns, and (256 and 512 more) when the first of a row is passed over: the windows looked
 * at, and 256 and 512 when the one after the four is passed over. 1024 × 16 bits at `chain`; at `places` 256 × 8 bytes:
 * the places of the bits of each byte, lowest first.
 */
export function tables(chain: usize, places: usize): void {
  for (let rejected = 0; rejected < 1024; rejected++) {
    let seen = 0;
    for (let row = 0; row < 2; row++) {
      let skip = (rejected >> (8 + row)) & 1;
      for (let lane = row; lane < 8; lane += 2) {
        if (skip === 0) seen |= 1 << lane;
        skip = skip === 0 ? (rejected >> lane) & 1 : 0;
      }
      seen |= skip << (8 + row);
    }
    store<u16>(chain + ((<usize>rejected) << 1), seen);
  }
  for (let byte = 0; byte < 256; byte++) {
    let to = places + ((<usize>byte) << 3);
    for (let place = 0; place < 8; place++) {
      if ((byte >> place) & 1) store<u8>(to++, place);
    }
  }
}
