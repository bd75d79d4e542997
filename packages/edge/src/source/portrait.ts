import { fileURLToPath } from 'node:url';
import type { Box, Size } from '@facepipe/wire';
import sharp from 'sharp';
import { decodeImage } from './image.js';

/** A photograph's head: what is cut out of it and where a face detector sees the face. Pixels of the photograph. */
interface Portrait {
  file: string;
  head: Box;
  /** Between the boxes of frontalface_alt2 and frontalface_default (scale 1.1) on the whole photograph. */
  face: Box;
}

const portraits: readonly Portrait[] = [
  {
    file: 'astronaut.png', // alt2 177,66 97×97; default 177,66 95×95
    head: { x: 142, y: 0, width: 168, height: 200 },
    face: { x: 177, y: 66, width: 96, height: 96 },
  },
  {
    file: 'grace_hopper.jpg', // alt2 145,99 239×239; default 155,105 222×222
    head: { x: 110, y: 8, width: 308, height: 370 },
    face: { x: 150, y: 102, width: 230, height: 230 },
  },
];

/** Who is in the scene: a portrait, as taken or mirrored, with a face of `size` pixels. */
export interface Cast {
  portrait: number;
  mirrored: boolean;
  size: number;
}

/** Face sizes in the scene, pixels. Few, so that all sprites together stay below 5 MB. */
export const faceSizes: readonly number[] = [60, 76, 96, 120, 150];
export const portraitCount = portraits.length;

/** The head at its size in the scene, with soft edges. */
export interface Sprite extends Size {
  /** RGB, interleaved. */
  data: Uint8Array;
  /** 0 to 255 a pixel. */
  alpha: Uint8Array;
  /** The face within the sprite. */
  face: Box;
}

/** The size of a sprite without making it. */
export function spriteSize({ portrait, size }: Cast): Size {
  const { head, face } = portraitAt(portrait);
  const scale = size / face.width;
  return { width: Math.round(head.width * scale), height: Math.round(head.height * scale) };
}

export async function createSprite(cast: Cast): Promise<Sprite> {
  const { file, head, face } = portraitAt(cast.portrait);
  const { width, height } = spriteSize(cast);
  const photo = await decodeImage(photoPath(file));
  const data = await sharp(photo.data, { raw: { width: photo.width, height: photo.height, channels: 3 } })
    .extract({ left: head.x, top: head.y, width: head.width, height: head.height })
    .resize(width, height, { fit: 'fill' })
    .flop(cast.mirrored)
    .raw()
    .toBuffer();
  const scale = cast.size / face.width;
  const left = Math.round((face.x - head.x) * scale);
  const x = cast.mirrored ? width - left - cast.size : left;
  const y = Math.round((face.y - head.y) * scale);
  const box = { x, y, width: cast.size, height: cast.size };
  return { data, alpha: softEllipse(width, height), width, height, face: box };
}

export function photoPath(file: string): string {
  return fileURLToPath(new URL(`../../photos/${file}`, import.meta.url));
}

function portraitAt(index: number): Portrait {
  const portrait = portraits[index];
  if (!portrait) throw new RangeError(`There is no portrait ${index}`);
  return portrait;
}

/** Opaque in the middle, fading over the outer 45 % of the radius: an oval's edge is a feature to a cascade. */
function softEllipse(width: number, height: number): Uint8Array {
  const alpha = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const radius = Math.hypot((2 * (x + 0.5)) / width - 1, (2 * (y + 0.5)) / height - 1);
      alpha[y * width + x] = Math.round(255 * Math.min(1, Math.max(0, (1 - radius) / 0.45)));
    }
  }
  return alpha;
}
