import { fileURLToPath } from 'node:url';
import { createDetector, createVerifier } from '@facepipe/core';
import type { Box, Pixels, Size } from '@facepipe/wire';
import sharp from 'sharp';
import { padBox } from '../../packages/edge/dist/capture/crop.js';

/** A face cut out of a photograph as `capture` cuts it. */
export interface CutFace {
  pixels: Pixels;
  /** In the photograph, as large as it was when it was cut. */
  box: Box;
  frameSize: Size;
}

/** What `capture` leaves around a face, of its size: the default of --padding. */
export const padding = 0.3;

const photos = ['astronaut.png', 'grace_hopper.jpg'].map((name) =>
  fileURLToPath(new URL(`../../packages/edge/photos/${name}`, import.meta.url)),
);

/** The faces of a picture file: what a cascade proposes and the verifier confirms, with the verifier's boxes. */
export async function facesIn(file: string): Promise<Box[]> {
  const { data, info } = await sharp(file).removeAlpha().toColourspace('srgb').raw().toBuffer({
    resolveWithObject: true,
  });
  const image = { data, width: info.width, height: info.height, format: 'rgb' as const };
  await using detector = await createDetector({ cascade: 'frontalface_alt2' });
  await using verifier = await createVerifier();
  const candidates = await detector.detect(image, { minNeighbors: 3, minSize: 30 });
  const verdicts = await verifier.verify(image, candidates);
  return verdicts.filter(({ score }) => score >= 0.5).map(({ box }) => box);
}

/** One face of a picture file, cut with what is around it; made `width` pixels wide first where that is given. */
export async function cutFace(file: string, face: Box, width = face.width): Promise<CutFace> {
  const ratio = width / face.width;
  const { width: w = 0, height: h = 0 } = await sharp(file).metadata();
  const frameSize = { width: Math.round(w * ratio), height: Math.round(h * ratio) };
  const scaled = (length: number) => Math.round(length * ratio);
  const box = { x: scaled(face.x), y: scaled(face.y), width, height: scaled(face.height) };
  const { x, y, ...size } = padBox(box, padding, frameSize);
  const picture = sharp(file).removeAlpha().toColourspace('srgb');
  if (ratio !== 1) picture.resize({ ...frameSize, fit: 'fill' });
  const data = await sharp(await picture.raw().toBuffer(), { raw: { ...frameSize, channels: 3 } })
    .extract({ left: x, top: y, ...size })
    .raw()
    .toBuffer();
  return { pixels: { data, ...size, channels: 3 }, box, frameSize };
}

/** The faces of the repository's photographs, each so many pixels wide; none is made larger than it is. */
export async function photoFaces(widths: readonly number[]): Promise<CutFace[]> {
  const found = await Promise.all(photos.map(async (file) => ({ file, face: (await facesIn(file))[0] })));
  const cut: Promise<CutFace>[] = [];
  for (const [n, width] of widths.entries()) {
    const fits = found.filter(({ face }) => face && face.width >= width);
    const { file, face } = fits[n % fits.length] ?? {};
    if (!file || !face) throw new Error(`no face of the photographs is ${width} pixels wide`);
    cut.push(cutFace(file, face, width));
  }
  return Promise.all(cut);
}
