import type { Box, Size } from '@facepipe/wire';
import sharp from 'sharp';
import { photoPath } from './person.js';

/** The wall from behind which people come, and the edge of the counter before them: fractions of the picture. */
export const corner = 0.8;
export const counter = 0.8;
/** Eyes are at this height, far and near, as the camera is at it too. */
export const eyes = 0.42;

/** What is seen of the photograph of the corridor at 4:3, pixels of it. */
const view = { left: 110, top: 0, width: 720, height: 540 };
/** The print on the wall, in fractions of the picture. */
const print = { x: 0.07, y: 0.16, width: 0.14, height: 0.24 };

/** Where there is something that a cascade takes for a face, and that is none: the print on the wall. */
export function lureIn({ width, height }: Size): Box {
  return {
    x: print.x * width,
    y: print.y * height,
    width: print.width * width,
    height: print.height * height,
  };
}

/** A corridor with a print on its wall and a counter before it, as RGB. */
export async function createRoom({ width, height }: Size): Promise<Uint8Array> {
  const drawn = Buffer.from(drawing({ width, height }));
  return sharp(photoPath('scene/corridor.webp'))
    .extract(view)
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .composite([{ input: drawn }])
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer();
}

/** The print, bars in flat colours with which cascades see eyes, a nose and a mouth, and the counter. */
function drawing({ width, height }: Size): string {
  const { x, y } = print;
  const top = counter * 480;
  const [left, up] = [x * 640, y * 480];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 640 480" preserveAspectRatio="none">
    <defs>
      <linearGradient id="top" x1="0" y1="0" x2="0" y2="1">
        <stop offset="0" stop-color="#b98e63"/><stop offset="1" stop-color="#8d6440"/>
      </linearGradient>
      <linearGradient id="front" x1="0" y1="0" x2="0" y2="1">
        <stop offset="0" stop-color="#4b3524"/><stop offset="1" stop-color="#2a1d14"/>
      </linearGradient>
      <radialGradient id="light" cx="0.72" cy="0" r="0.7">
        <stop offset="0" stop-color="#fff" stop-opacity="0.35"/><stop offset="1" stop-color="#fff" stop-opacity="0"/>
      </radialGradient>
    </defs>
    <g transform="translate(${left} ${up})">
      <rect x="3" y="4" width="89.6" height="115.2" fill="#000" opacity="0.25"/>
      <rect width="89.6" height="115.2" fill="#2b2723"/>
      <rect x="5" y="5" width="79.6" height="105.2" fill="#dac9ab"/>
      <rect x="5" y="36" width="79.6" height="12" fill="#3a3f45"/>
      <rect x="38" y="18" width="14" height="56" fill="#eee0c4"/>
      <rect x="22" y="78" width="46" height="9" fill="#5d4236"/>
      <rect x="12" y="98" width="66" height="8" fill="#a98f6a"/>
    </g>
    <rect y="${top}" width="640" height="30" fill="url(#top)"/>
    <rect y="${top}" width="640" height="30" fill="url(#light)"/>
    <rect y="${top}" width="640" height="1.5" fill="#d9b58a"/>
    <rect y="${top + 30}" width="640" height="5" fill="#5d422b"/>
    <rect y="${top + 35}" width="640" height="${480 - top - 35}" fill="url(#front)"/>
  </svg>`;
}
