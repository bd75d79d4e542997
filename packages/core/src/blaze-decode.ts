import { boxNumbers, type Head, type Shape } from './blaze-model.js';
import type { Region } from './blaze-sample.js';

/** A box of the network, in pixels of the image and fractions of them. */
export interface Found {
  x: number;
  y: number;
  width: number;
  height: number;
  /** 0 to 1 */
  score: number;
  /** x and y of each landmark, in MediaPipe's order */
  points: number[];
}

/** ln 2 in two parts, the first with zeros at its end: from fdlibm's e_exp.c. */
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

/** e to the power of x, for |x| ≤ 100. Math.exp differs between runtimes in the last bit. */
function exp(x: number): number {
  const k = Math.round(x / Math.LN2);
  const rest = x - k * ln2High - k * ln2Low;
  // Taylor's series, to below half a unit in the last place for |rest| ≤ ln 2 / 2
  let sum = 1;
  for (let n = 14; n > 0; n--) sum = 1 + (sum * rest) / n;
  return sum * 2 ** k;
}

/** MediaPipe cuts logits off there (score_clipping_thresh), before the exponential overflows. */
const mostLogit = 100;

/** The score of a logit, 0 for no number. */
export function logistic(logit: number): number {
  if (Number.isNaN(logit)) return 0;
  return 1 / (1 + exp(-Math.min(Math.max(logit, -mostLogit), mostLogit)));
}

/** The logit that has this score: what is below it need not be looked at. */
export const logitOf = (score: number): number =>
  score > 0 ? Math.log(score / (1 - score)) - 1e-6 : Number.NEGATIVE_INFINITY;

/** What one head of the network says, with the tensors' numbers as they lie in memory. */
export interface Answer {
  head: Head;
  scores: Float32Array;
  scoreShape: Shape;
  boxes: Float32Array;
  boxShape: Shape;
}

/**
 * The boxes that score at least `least`, from a network's image of `width`×`height` pixels that `region` was made of.
 * Each place says how far the middle is from its own, and how large the box is, in pixels of the network's image
 * (MediaPipe's tensors_to_detections_calculator.cc, with fixed_anchor_size).
 */
export function decode(
  answers: readonly Answer[],
  { width, height }: { width: number; height: number },
  region: Region,
  least: number,
): Found[] {
  const found: Found[] = [];
  const scaleX = region.width / width;
  const scaleY = region.height / height;
  const logit = logitOf(least);
  for (const { head, scores, scoreShape, boxes, boxShape } of answers) {
    const columns = width >> scoreShape.level;
    const places = columns * (height >> scoreShape.level);
    const stride = 2 ** scoreShape.level;
    for (let place = 0; place < places; place++) {
      for (let anchor = 0; anchor < head.anchors; anchor++) {
        const value = scores[place * scoreShape.channels + anchor] ?? 0;
        if (!(value >= logit)) continue;
        const score = logistic(value);
        if (score < least) continue;
        const numbers = boxes.subarray(place * boxShape.channels + anchor * boxNumbers);
        const middleX = ((place % columns) + 0.5) * stride;
        const middleY = (Math.floor(place / columns) + 0.5) * stride;
        const at = (index: number) =>
          index % 2 === 0
            ? region.x + (middleX + (numbers[index] ?? 0)) * scaleX
            : region.y + (middleY + (numbers[index] ?? 0)) * scaleY;
        const box = { width: (numbers[2] ?? 0) * scaleX, height: (numbers[3] ?? 0) * scaleY };
        const points = Array.from({ length: boxNumbers - 4 }, (_, index) => at(4 + index));
        const [x, y] = [at(0) - box.width / 2, at(1) - box.height / 2];
        const isWhole = [x, y, ...points].every(Number.isFinite) && box.width > 0 && box.height > 0;
        if (isWhole) found.push({ x, y, ...box, score, points });
      }
    }
  }
  return found;
}
