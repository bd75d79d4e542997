import sharp from 'sharp';
import type { SentPicture } from './visit-run.js';

/** Side of a picture on the sheet, of the text below it, and pictures in a row. */
const [side, text, columns] = [160, 60, 6];

/** A contact sheet of what was sent, with its quality and the parts. */
export async function saveSheet(file: string, sent: readonly SentPicture[]): Promise<void> {
  if (sent.length === 0) return;
  const tiles = sent.map(async ({ visit, role, sent: time, look }, i) => {
    const { pixels, quality, found } = look.picture;
    const { data, width, height, channels } = pixels;
    const left = (i % columns) * side;
    const top = Math.floor(i / columns) * (side + text);
    const picture = await sharp(data, { raw: { width, height, channels } })
      .resize(side, side, { fit: 'contain', background: 'black' })
      .toColourspace('srgb')
      .png()
      .toBuffer();
    const { size, sharpness, frontality, exposure, edge, motion } = quality.parts;
    const lines = [
      `visit ${visit} ${role} ${time.toFixed(1)} s, frame ${look.frame}`,
      `q ${quality.score}, confidence ${found.confidence.toFixed(2)}, ${width} px`,
      `s${size} a${sharpness} f${frontality} x${exposure} e${edge} m${motion}`,
    ];
    const words = lines
      .map((line, n) => `<text x="2" y="${14 + n * 16}" font-size="11">${line}</text>`)
      .join('');
    const label = Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${text}" font-family="sans-serif">${words}</svg>`,
    );
    return [
      { input: picture, left, top },
      { input: label, left, top: top + side },
    ];
  });
  const height = Math.ceil(sent.length / columns) * (side + text);
  await sharp({ create: { width: columns * side, height, channels: 3, background: 'white' } })
    .composite((await Promise.all(tiles)).flat())
    .png()
    .toFile(file);
}
