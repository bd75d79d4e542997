import type { Box, Size } from '@facepipe/wire';
import { shared } from '../visit/overlap.js';
import type { Cells } from './cells.js';

/** Cells next to each other that are a movement; fewer are noise. */
const minCells = 3;
/** A box is joined to another where their sum would not be so much smaller: a search has costs of its own. */
const worthJoining = 1.25;

/**
 * The boxes, in pixels, around cells that are set and touch each other, corners included. Of a cell without two others
 * around it nothing is left.
 */
export function movedBoxes(changed: Uint8Array, { columns, rows, side }: Cells): Box[] {
  const open = despeckled(changed, columns, rows);
  const boxes: Box[] = [];
  const stack: number[] = [];
  for (let start = 0; start < open.length; start++) {
    if (!open[start]) continue;
    let [left, top, right, bottom, count] = [columns, rows, 0, 0, 0];
    stack.push(start);
    open[start] = 0;
    for (let cell = stack.pop(); cell !== undefined; cell = stack.pop()) {
      const [x, y] = [cell % columns, Math.floor(cell / columns)];
      [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
      count++;
      for (let row = Math.max(0, y - 1); row <= Math.min(rows - 1, y + 1); row++)
        for (let column = Math.max(0, x - 1); column <= Math.min(columns - 1, x + 1); column++)
          if (open[row * columns + column]) {
            open[row * columns + column] = 0;
            stack.push(row * columns + column);
          }
    }
    if (count >= minCells)
      boxes.push({
        x: left * side,
        y: top * side,
        width: (right - left) * side,
        height: (bottom - top) * side,
      });
  }
  return boxes;
}

function despeckled(changed: Uint8Array, columns: number, rows: number): Uint8Array {
  const kept = new Uint8Array(changed.length);
  for (let cell = changed.indexOf(1); cell >= 0; cell = changed.indexOf(1, cell + 1)) {
    const [x, y] = [cell % columns, Math.floor(cell / columns)];
    let around = 0;
    for (let row = Math.max(0, y - 1); row <= Math.min(rows - 1, y + 1); row++)
      for (let column = Math.max(0, x - 1); column <= Math.min(columns - 1, x + 1); column++)
        around += changed[row * columns + column] ?? 0;
    if (around >= minCells) kept[cell] = 1;
  }
  return kept;
}

/** The box with a margin on every side: this share of its longer side, and so many pixels at least. */
export function widened({ x, y, width, height }: Box, share: number, least: number): Box {
  const margin = Math.max(least, share * Math.max(width, height));
  return { x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin };
}

/** The part of a box in the frame, grown to even coordinates; undefined where there is none. */
export function inFrame({ x, y, width, height }: Box, frame: Size): Box | undefined {
  const left = Math.max(0, 2 * Math.floor(x / 2));
  const top = Math.max(0, 2 * Math.floor(y / 2));
  const right = Math.min(frame.width, 2 * Math.ceil((x + width) / 2));
  const bottom = Math.min(frame.height, 2 * Math.ceil((y + height) / 2));
  return right > left && bottom > top
    ? { x: left, y: top, width: right - left, height: bottom - top }
    : undefined;
}

export const areaOf = ({ width, height }: Box): number => width * height;

function around(a: Box, b: Box): Box {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  const right = Math.max(a.x + a.width, b.x + b.width);
  const bottom = Math.max(a.y + a.height, b.y + b.height);
  return { x, y, width: right - x, height: bottom - y };
}

/** Joins boxes until there are at most so many, they lie apart and no two would be about as small in one. */
export function joined(boxes: readonly Box[], most: number): Box[] {
  const left = [...boxes];
  for (;;) {
    let best: { i: number; j: number; growth: number } | undefined;
    for (const [i, a] of left.entries())
      for (const [j, b] of left.entries()) {
        if (j <= i) continue;
        const growth = shared(a, b) > 0 ? 0 : areaOf(around(a, b)) / (areaOf(a) + areaOf(b));
        if (!best || growth < best.growth) best = { i, j, growth };
      }
    if (!best || (best.growth > worthJoining && left.length <= most)) return left;
    const [a, b] = [left[best.i], left[best.j]];
    if (!a || !b) return left;
    left.splice(best.j, 1);
    left[best.i] = around(a, b);
  }
}
