import { boxNumbers, type Head, type Shape } from './blaze-model.js';
import type { Region } from './blaze-sample.js';
import type { Box } from './box.js';
import type { Size } from './option.js';

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
const maxLogit = 100;

/** The score of a logit, 0 for no number. */
export function logistic(logit: number): number {
  if (Number.isNaN(logit)) return 0;
  return 1 / (1 + exp(-Math.min(Math.max(logit, -maxLogit), maxLogit)));
}

/** The logit that has this score: what is below it need not be looked at. */
const logitOf = (score: number): number =>
  score > 0 ? Math.log(score / (1 - score)) - 1e-6 : Number.NEGATIVE_INFINITY;

/** What one head of the network says, with the tensors' numbers as they lie in memory. */
export interface Answer {
  head: Head;
  scores: Float32Array;
  scoreShape: Shape;
  boxes: Float32Array;
  boxShape: Shape;
}

/** One answer's places, and how they lie in the image. */
interface Grid {
  answer: Answer;
  region: Region;
  places: number;
  columns: number;
  /** pixels of the network's image from one place to the next */
  stride: number;
  scaleX: number;
  scaleY: number;
}

function gridOf(answer: Answer, { width, height }: Size, region: Region): Grid {
  const { level } = answer.scoreShape;
  const columns = width >> level;
  const places = columns * (height >> level);
  const [scaleX, scaleY] = [region.width / width, region.height / height];
  return { answer, region, places, columns, stride: 2 ** level, scaleX, scaleY };
}

/** Each box of the grid: the number of its place, that of its anchor, and its logit. */
function forEachBox(grid: Grid, visit: (place: number, anchor: number, logit: number) => void): void {
  const { head, scores, scoreShape } = grid.answer;
  for (let place = 0; place < grid.places; place++)
    for (let anchor = 0; anchor < head.anchors; anchor++)
      visit(place, anchor, scores[place * scoreShape.channels + anchor] ?? 0);
}

/**
 * Each place says how far the middle of the box is from its own, and how large the box is, in pixels of the network's
 * image (MediaPipe's tensors_to_detections_calculator.cc, with fixed_anchor_size).
 */
const xAt = ({ region, columns, stride, scaleX }: Grid, place: number, number: number): number =>
  region.x + (((place % columns) + 0.5) * stride + number) * scaleX;
const yAt = ({ region, columns, stride, scaleY }: Grid, place: number, number: number): number =>
  region.y + ((Math.floor(place / columns) + 0.5) * stride + number) * scaleY;

/** Undefined where not all of its numbers are numbers. */
function boxAt(grid: Grid, place: number, anchor: number): Box | undefined {
  const { boxes, boxShape } = grid.answer;
  const from = place * boxShape.channels + anchor * boxNumbers;
  for (let index = from; index < from + boxNumbers; index++)
    if (!Number.isFinite(boxes[index])) return undefined;
  const width = (boxes[from + 2] ?? 0) * grid.scaleX;
  const height = (boxes[from + 3] ?? 0) * grid.scaleY;
  if (!(width > 0 && height > 0)) return undefined;
  const x = xAt(grid, place, boxes[from] ?? 0) - width / 2;
  const y = yAt(grid, place, boxes[from + 1] ?? 0) - height / 2;
  return { x, y, width, height };
}

function pointsAt(grid: Grid, place: number, anchor: number): number[] {
  const { boxes, boxShape } = grid.answer;
  const from = place * boxShape.channels + anchor * boxNumbers;
  const points: number[] = [];
  for (let index = from + 4; index < from + boxNumbers; index += 2)
    points.push(xAt(grid, place, boxes[index] ?? 0), yAt(grid, place, boxes[index + 1] ?? 0));
  return points;
}

/** The boxes that score at least `least`, from a network's image of `size` that `region` was made of. */
export function decode(answers: readonly Answer[], size: Size, region: Region, least: number): Found[] {
  const found: Found[] = [];
  const minLogit = logitOf(least);
  for (const answer of answers) {
    const grid = gridOf(answer, size, region);
    forEachBox(grid, (place, anchor, logit) => {
      const score = logit >= minLogit ? logistic(logit) : 0;
      const box = score > 0 && score >= least ? boxAt(grid, place, anchor) : undefined;
      if (!box) return;
      const { x, y, width, height } = box;
      found.push({ x, y, width, height, score, points: pointsAt(grid, place, anchor) });
    });
  }
  return found;
}

/** The best of the boxes that `isFit`, if it scores at least `least`. The others are not worked out. */
export function decodeBest(
  answers: readonly Answer[],
  size: Size,
  region: Region,
  least: number,
  isFit: (box: Box) => boolean,
): Found | undefined {
  let highest = logitOf(least);
  let found: (() => Found) | undefined;
  for (const answer of answers) {
    const grid = gridOf(answer, size, region);
    forEachBox(grid, (place, anchor, logit) => {
      if (!(logit > highest)) return;
      const box = boxAt(grid, place, anchor);
      if (!box || !isFit(box)) return;
      highest = logit;
      found = () => ({ ...box, score: logistic(logit), points: pointsAt(grid, place, anchor) });
    });
  }
  return found?.();
}
