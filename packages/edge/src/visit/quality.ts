import type { Landmarks } from '@facepipe/core';
import { argumentError, expectMembers } from '@facepipe/service';
import type { Box, Pixels, QualityParts, Size } from '@facepipe/wire';
import { frontalityOf, symmetryOf } from './frontality.js';
import { type Luma, lumaOf, resized, spreadOf } from './luma.js';
import { sharpnessOf } from './sharpness.js';

/** What is known of a face beside its pixels. */
export interface FaceContext {
  /** The face in the frame, pixels; it may reach beyond its edges. */
  box: Box;
  frame: Size;
  /** Without them, the likeness of both halves stands in for them. */
  landmarks?: Landmarks;
  /** That it is a face, 0 to 1, as a network says: it doubts what is covered or turned away. Default 1. */
  confidence?: number;
  /** Face sizes a second, as `TrackedFace.speed`. Default 0. */
  speed?: number;
  /** The look before at the same face: its frontality, 0 to 100, and how long ago it was, ms. Default none. */
  before?: { frontality: number; ago: number };
}

export interface Quality {
  /** 0 to 100. */
  score: number;
  parts: QualityParts;
}

/** What each part counts: exponents of a product, so that no good part makes up for a bad one. They add up to 1. */
const weights: readonly (readonly [keyof QualityParts, number])[] = [
  ['size', 0.35],
  ['sharpness', 0.17],
  ['frontality', 0.22],
  ['exposure', 0.08],
  ['edge', 0.09],
  ['motion', 0.09],
];
/** Below this a part is as bad as it gets: else one that is 0 would hide all others. */
const floor = 0.05;

/** Side of the scale that sharpness and symmetry are measured on, pixels. */
const scale = 64;
/** Face size at which half of all detail is there, and twice that three quarters, pixels. */
const halfSize = 60;
/** Brightness from here on is clipped: cameras' 16 and 235 with what their noise adds. */
const [black, white] = [16, 240];
/** The share of a face that may be clipped, until nothing of the part is left. */
const maxClipped = 0.5;
/** Standard deviation of the brightness of a face that is well lit. */
const contrast = 25;
/** Distance from the frame's edge, in face sizes, at which nothing is missing; and what is missing at most. */
const margin = { clear: 0.1, lost: 0.25 };
/** Face sizes a second at which motion blurs a face as much as is well: 4 % of it in 1/50 s. */
const fast = 2;

/** Landmarks of one look are some degrees off, and heads turn slowly: the time that looks are averaged over, ms. */
const settling = 80;

const limited = (value: number) => Math.min(1, Math.max(0, value));
const percent = (value: number) => Math.round(100 * limited(value));

function sizePart({ box }: FaceContext): number {
  return 1 - 2 ** (-Math.sqrt(box.width * box.height) / halfSize);
}

function exposurePart({ data }: Luma): number {
  let clipped = 0;
  for (const value of data) if (value <= black || value >= white) clipped++;
  const lit = Math.sqrt(spreadOf(data).variance) / contrast;
  return limited(1 - clipped / data.length / maxClipped) * limited(lit);
}

function edgePart({ box, frame }: FaceContext): number {
  const across = Math.min(box.x, frame.width - box.x - box.width) / box.width;
  const down = Math.min(box.y, frame.height - box.y - box.height) / box.height;
  const gap = Math.min(across, down);
  return limited(gap >= 0 ? 0.5 + gap / margin.clear / 2 : 0.5 + gap / margin.lost / 2);
}

function frontalityPart(face: Luma, { confidence = 1, landmarks, before }: FaceContext): number {
  const now = confidence * (landmarks ? frontalityOf(landmarks) : symmetryOf(face));
  const kept = before ? Math.exp(-Math.max(0, before.ago) / settling) : 0;
  return limited(now + kept * ((before?.frontality ?? 0) / 100 - now));
}

/**
 * How well a face is to be seen, and why: a weighted geometric mean of six parts, in the spirit of ISO/IEC 29794-5's
 * components. It is a number, so that of two faces one is better or none is; how much better is enough is
 * the choice's to say.
 *
 * `size`: saturates, half at 60 pixels. `sharpness`: fine structure on a fixed scale of 64 pixels, for its contrast
 * and less the noise. `frontality`: from landmarks, 0 when turned by 45°; else the likeness of both halves; times the
 * confidence, as the network doubts what is covered; and steadied by the look before. `exposure`: what is neither
 * black nor white, and has contrast. `edge`: not cut by the frame. `motion`: half at 2 face sizes a second.
 * @param crop the face's pixels, as cut from the frame: the box where it is inside
 * @throws FACEPIPE_E_ARGUMENT
 */
export function measureQuality(crop: Pixels, context: FaceContext): Quality {
  expectMembers('crop', crop, { data: 'bytes', width: 'number', height: 'number', channels: 'number' });
  expectMembers('context', context, {
    box: 'object',
    frame: 'object',
    landmarks: 'object?',
    speed: 'number?',
    before: 'object?',
  });
  if (context.before)
    expectMembers('context.before', context.before, { frontality: 'number', ago: 'number' });
  const { width, height, channels } = crop;
  const bytes = width * height * channels;
  if (!(bytes > 0) || crop.data.length !== bytes)
    throw argumentError(
      `${width}×${height}×${channels} bytes, 1 or more`,
      'crop.data',
      `${crop.data.length} bytes`,
    );
  const luma = lumaOf(crop);
  const face = resized(luma, scale, scale);
  const parts: QualityParts = {
    size: sizePart(context),
    sharpness: sharpnessOf(face),
    frontality: frontalityPart(face, context),
    exposure: exposurePart(luma),
    edge: edgePart(context),
    motion: 1 / (1 + ((context.speed ?? 0) / fast) ** 2),
  };
  const product = weights.reduce((all, [part, weight]) => all * Math.max(floor, parts[part]) ** weight, 1);
  const { size, sharpness, frontality, exposure, edge, motion } = parts;
  return {
    score: percent(product),
    parts: {
      size: percent(size),
      sharpness: percent(sharpness),
      frontality: percent(frontality),
      exposure: percent(exposure),
      edge: percent(edge),
      motion: percent(motion),
    },
  };
}
