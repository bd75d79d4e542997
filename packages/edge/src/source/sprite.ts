import type { Box, Size } from '@facepipe/wire';
import sharp from 'sharp';

/** RGBA, interleaved, the colours multiplied by alpha. */
interface Level extends Size {
  data: Uint8Array;
}

/** A figure with soft edges, to be drawn at any size. */
export interface Sprite {
  /** Each of half the size of the one before; what is out of focus is drawn from a smaller one. */
  levels: readonly Level[];
  /** The face within the first level, pixels. */
  face: Box;
}

/** Where and how a sprite is drawn. */
export interface Placement {
  /** The face in the picture, pixels; fractions of a pixel make smooth ways. */
  face: Box;
  mirrored: boolean;
  /** Levels out of focus, from 0. */
  blur: number;
  /** The part of the picture that is drawn into, whole pixels. */
  within: Box;
}

const levelCount = 4;

export async function loadSprite(file: string, face: Box): Promise<Sprite> {
  const picture = sharp(file).ensureAlpha();
  const { width, height } = await picture.metadata();
  const levels: Level[] = [];
  for (let i = 0; i < levelCount; i++) {
    const size = { width: Math.ceil(width / 2 ** i), height: Math.ceil(height / 2 ** i) };
    const data = await picture
      .clone()
      .resize(size.width, size.height, { fit: 'fill', kernel: 'cubic' })
      .raw()
      .toBuffer();
    levels.push({ ...size, data: multiplied(data) });
  }
  return { levels, face };
}

function multiplied(rgba: Uint8Array): Uint8Array {
  const result = new Uint8Array(rgba);
  for (let i = 0; i < result.length; i += 4) {
    const alpha = (result[i + 3] ?? 0) / 255;
    for (let c = i; c < i + 3; c++) result[c] = Math.round((result[c] ?? 0) * alpha);
  }
  return result;
}

/** For each pixel of a side, the one before it in the sprite, and how far it is on the way to the next, of 256. */
interface Samples {
  first: number;
  at: Int32Array;
  share: Int32Array;
}

/** @param from of the picture's pixel `p`, where in the sprite its middle is */
function samples(low: number, high: number, count: number, from: (p: number) => number): Samples {
  // a pixel beyond the last one cannot be mixed with it
  const inside = (p: number) => from(p) >= 0 && from(p) < count - 1;
  let [first, last] = [low, high];
  while (first < last && !inside(first)) first++;
  while (last > first && !inside(last - 1)) last--;
  const at = new Int32Array(last - first);
  const share = new Int32Array(last - first);
  for (let i = 0; i < at.length; i++) {
    const place = from(first + i);
    at[i] = Math.floor(place);
    share[i] = Math.floor((place - Math.floor(place)) * 256);
  }
  return { first, at, share };
}

/** Draws a sprite into RGB pixels of a row length, between the sprite's pixels as well. */
export function drawSprite(picture: Uint8Array, stride: number, sprite: Sprite, placement: Placement): void {
  const { face, mirrored, blur, within } = placement;
  const smaller = Math.max(0, Math.round(Math.log2(sprite.face.height / face.height)));
  const index = Math.min(sprite.levels.length - 1, smaller + blur);
  const level = sprite.levels[index];
  if (!level) return;
  const [across, down] = [sprite.face.width / face.width, sprite.face.height / face.height];
  const unit = 2 ** index;
  const columns = samples(within.x, within.x + within.width, level.width, (p) => {
    const way = (p + 0.5 - face.x) * across;
    return (sprite.face.x + (mirrored ? sprite.face.width - way : way)) / unit - 0.5;
  });
  const rows = samples(within.y, within.y + within.height, level.height, (p) => {
    return (sprite.face.y + (p + 0.5 - face.y) * down) / unit - 0.5;
  });
  blend(picture, stride, level, columns, rows);
}

function blend(picture: Uint8Array, stride: number, level: Level, columns: Samples, rows: Samples): void {
  const { data } = level;
  const row = level.width * 4;
  const width = columns.at.length;
  for (let y = 0; y < rows.at.length; y++) {
    const start = (rows.at[y] as number) * row;
    const down = rows.share[y] as number;
    let to = ((rows.first + y) * stride + columns.first) * 3;
    for (let x = 0; x < width; x++, to += 3) {
      const a = start + (columns.at[x] as number) * 4;
      const across = columns.share[x] as number;
      const [b, c, d] = [a + 4, a + row, a + row + 4];
      // nothing of it here
      if (((data[a + 3] as number) | (data[d + 3] as number)) === 0) continue;
      const wb = across * (256 - down);
      const wc = (256 - across) * down;
      const wd = across * down;
      const wa = 65536 - wb - wc - wd;
      const mixed = (i: number): number =>
        (data[a + i] as number) * wa +
        (data[b + i] as number) * wb +
        (data[c + i] as number) * wc +
        (data[d + i] as number) * wd;
      // divided by 255, rounded
      const rest = (255 - (mixed(3) >> 16)) * 257;
      picture[to] = (mixed(0) >> 16) + (((picture[to] as number) * rest + 32768) >> 16);
      picture[to + 1] = (mixed(1) >> 16) + (((picture[to + 1] as number) * rest + 32768) >> 16);
      picture[to + 2] = (mixed(2) >> 16) + (((picture[to + 2] as number) * rest + 32768) >> 16);
    }
  }
}
