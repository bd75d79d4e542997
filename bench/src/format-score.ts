import type { Landmarks, Verifier } from '@facepipe/core';
import { encodeImage, type FaceFacts, type ImageFormat } from '@facepipe/wire';
import sharp from 'sharp';
import { type CutFace, padding } from './photo-faces.js';
import { type Gray, psnr, ssim } from './similarity.js';

export interface Variant {
  format: ImageFormat;
  quality: number;
}

/** What is left of a face in one format. */
export interface FormatScore {
  bytes: number;
  /** Seconds of processor to encode it. */
  encode: number;
  /** The verifier's score, and whether it still confirms. */
  verify: number;
  /** The furthest that eyes, nose or mouth moved, of the distance between the eyes; NaN where it sees no face. */
  shift: number;
  /** Of the face as recognition networks take it: 112 pixels wide, grey. */
  psnr: number;
  ssim: number;
}

/** What ArcFace and its like take. */
const recognised = 112;
const id = '01JDXV3QK5W8Z2M4N6P8R0T2V4';

interface Picture {
  data: Uint8Array;
  width: number;
  height: number;
}

/** The face within the cut picture. */
function within({ box, pixels, frameSize }: CutFace): {
  x: number;
  y: number;
  width: number;
  height: number;
} {
  const pad = (length: number) => Math.round(length * padding);
  const [x, y] = [Math.min(box.x, pad(box.width)), Math.min(box.y, pad(box.height))];
  const width = Math.min(box.width, pixels.width - x, frameSize.width);
  return { x, y, width, height: Math.min(box.height, pixels.height - y) };
}

async function small(picture: Picture, cut: CutFace): Promise<Gray> {
  const { x: left, y: top, width, height } = within(cut);
  const raw = { width: picture.width, height: picture.height, channels: 3 as const };
  const data = await sharp(picture.data, { raw })
    .extract({ left, top, width, height })
    .resize(recognised, recognised, { fit: 'fill' })
    .raw()
    .toBuffer();
  const gray = new Uint8Array(recognised ** 2);
  for (const n of gray.keys())
    gray[n] = 0.299 * (data[3 * n] ?? 0) + 0.587 * (data[3 * n + 1] ?? 0) + 0.114 * (data[3 * n + 2] ?? 0);
  return { data: gray, width: recognised, height: recognised };
}

function shiftOf(from: Landmarks | undefined, to: Landmarks | undefined): number {
  if (!from || !to) return Number.NaN;
  const apart = (a: { x: number; y: number }, b: { x: number; y: number }) =>
    Math.hypot(a.x - b.x, a.y - b.y);
  const eyes = apart(from.rightEye, from.leftEye);
  const points = ['rightEye', 'leftEye', 'noseTip', 'mouthCenter'] as const;
  return Math.max(...points.map((point) => apart(from[point], to[point]))) / eyes;
}

const asImage = ({ data, width, height }: Picture) => ({ data, width, height, format: 'rgb' as const });

/** Undefined where the verifier sees no face in the picture before it is encoded. */
export async function scoresOf(
  cut: CutFace,
  variants: readonly Variant[],
  verifier: Verifier,
): Promise<FormatScore[] | undefined> {
  const { pixels, box, frameSize } = cut;
  const face = within(cut);
  const [original] = await verifier.verify(asImage(pixels), [face]);
  if (!original || original.score < 0.5) return undefined;
  const reference = await small(pixels, cut);
  const facts: FaceFacts = {
    ...{ id, device: 'camera', stream: id, seq: 1, captured: new Date(0), frame: 1, frameSize, box },
    neighbors: 5,
    detector: 'bench',
  };
  const scores: FormatScore[] = [];
  for (const { format, quality } of variants) {
    const before = process.cpuUsage();
    const file = await encodeImage(pixels, facts, { format, quality });
    const { user, system } = process.cpuUsage(before);
    const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const decoded = { data, width: info.width, height: info.height };
    const [verdict] = await verifier.verify(asImage(decoded), [face]);
    const again = await small(decoded, cut);
    scores.push({
      bytes: file.length,
      encode: (user + system) / 1e6,
      verify: verdict?.score ?? 0,
      shift: shiftOf(original.landmarks, verdict?.landmarks),
      psnr: psnr(reference, again),
      ssim: ssim(reference, again),
    });
  }
  return scores;
}
