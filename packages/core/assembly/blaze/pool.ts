/** The largest of each 2×2 pixels. `width` and `height` are the source's, and even; `pixel` is bytes of a pixel. */
export function pool(from: usize, to: usize, width: i32, height: i32, pixel: usize): void {
  const row: usize = <usize>width * pixel;
  for (let y = 0; y < height; y += 2, from += row) {
    for (let x = 0; x < width; x += 2, from += pixel) {
      for (const end = from + pixel; from < end; from += 16, to += 16) {
        const upper = f32x4.pmax(v128.load(from), v128.load(from + pixel));
        const lower = f32x4.pmax(v128.load(from + row), v128.load(from + row + pixel));
        v128.store(to, f32x4.pmax(upper, lower));
      }
    }
  }
}
