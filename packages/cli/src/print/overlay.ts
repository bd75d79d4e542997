import type { ExplainedCandidate, ExplainedFrame, Fate } from '@facepipe/edge/visit';
import type { Box } from '@facepipe/wire';
import { clipTime, fateText } from './explain.js';
import { dotsOf, letter } from './glyph.js';

type Colour = readonly [red: number, green: number, blue: number];

/** Three bytes a pixel. */
export interface Canvas {
  data: Uint8Array;
  width: number;
  height: number;
}

/** Told apart also by who sees no red or no green (Okabe and Ito, 2008). */
const colours: Readonly<Record<Fate, Colour>> = {
  sent: [0, 220, 130],
  'not-best': [86, 180, 233],
  'poor-quality': [240, 228, 66],
  static: [204, 121, 167],
  'not-confirmed': [230, 159, 0],
  duplicate: [170, 170, 170],
  masked: [110, 110, 150],
  'below-threshold': [150, 150, 150],
};
const black: Colour = [0, 0, 0];
const white: Colour = [255, 255, 255];

/** A letter's dot is a pixel for so many pixels of the picture's width. */
const widthPerDot = 480;

function fill({ data, width, height }: Canvas, box: Box, colour: Colour): void {
  const [left, top] = [Math.max(0, box.x), Math.max(0, box.y)];
  const right = Math.min(width, box.x + box.width);
  const bottom = Math.min(height, box.y + box.height);
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) data.set(colour, (y * width + x) * 3);
}

function outline(canvas: Canvas, { x, y, width, height }: Box, stroke: number, colour: Colour): void {
  fill(canvas, { x, y, width, height: stroke }, colour);
  fill(canvas, { x, y: y + height - stroke, width, height: stroke }, colour);
  fill(canvas, { x, y, width: stroke, height }, colour);
  fill(canvas, { x: x + width - stroke, y, width: stroke, height }, colour);
}

/** A text on a ground of its own, moved into the picture where it would leave it. */
function write(
  canvas: Canvas,
  text: string,
  at: { x: number; y: number },
  dot: number,
  ground: Colour,
): void {
  const [width, height] = [(text.length * letter.width + 1) * dot, letter.height * dot];
  const x = Math.max(0, Math.min(at.x, canvas.width - width));
  const y = Math.max(0, Math.min(at.y, canvas.height - height));
  fill(canvas, { x, y, width, height }, ground);
  const ink = ground === black ? white : black;
  for (const place of dotsOf(text))
    fill(canvas, { x: x + (place.x + 1) * dot, y: y + (place.y + 1) * dot, width: dot, height: dot }, ink);
}

/** `sent 0.93 q61 #2`: fate, score, quality and track. */
function label({ fate, verify, quality, track }: ExplainedCandidate): string {
  const score = verify === undefined ? [] : [verify.toFixed(2)];
  const rest = [...(quality ? [`q${quality.score}`] : []), ...(track === undefined ? [] : [`#${track}`])];
  return [fateText(fate), ...score, ...rest].join(' ');
}

/**
 * Draws a frame's boxes with their fates, its number and its time into its pixels.
 * @param start time of the clip's first frame, ms since 1970
 */
export function drawFates(canvas: Canvas, frame: ExplainedFrame, start: number): void {
  const dot = Math.max(1, Math.round(canvas.width / widthPerDot));
  const high = letter.height * dot;
  // what was sent lies above all others
  const order = [...frame.candidates].sort((a, b) => rank(b) - rank(a));
  for (const candidate of order) {
    const colour = colours[candidate.fate];
    const { x, y, height } = candidate.box;
    outline(canvas, candidate.box, candidate.fate === 'sent' ? 3 * dot : dot, colour);
    write(canvas, label(candidate), { x, y: y >= high ? y - high : y + height }, dot, colour);
  }
  const time = clipTime(Math.max(0, frame.captured.getTime() - start));
  write(canvas, `frame ${frame.number} ${time}`, { x: 0, y: canvas.height - high }, dot, black);
}

const ranks = Object.keys(colours);
const rank = ({ fate }: ExplainedCandidate): number => ranks.indexOf(fate);
