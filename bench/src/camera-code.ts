/** Pictures are told apart by so many, after which the codes begin again. */
export const codes = 32;
const bits = 5;
const side = 64;

/** True where the picture of this code is light: five squares in its first row. */
export function isLight(code: number, x: number, y: number): boolean {
  const bit = Math.floor(x / side);
  return y < side && bit < bits && ((code >> bit) & 1) === 1;
}

/** The code of a picture, read from the middle of each square. @param step bytes from pixel to pixel */
export function codeOf(data: Uint8Array, width: number, step: number): number {
  let code = 0;
  for (let bit = 0; bit < bits; bit++) {
    const at = ((side / 2) * width + bit * side + side / 2) * step;
    if ((data[at] ?? 0) > 128) code |= 1 << bit;
  }
  return code;
}
