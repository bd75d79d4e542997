import type { Image, PixelFormat } from '@facepipe/core';
import type { Size } from '@facepipe/wire';

/** A tiny image: the mean brightness of every cell of a frame, rows from the top. */
export interface Cells {
  /** 0 to 255 each. */
  light: Float32Array;
  /** Pixels of a cell's side. */
  side: number;
  /** Samples on its side. */
  across: number;
  columns: number;
  rows: number;
}

/** Samples on each side of a cell, evenly spread: their mean has a quarter of a pixel's noise. */
const most = 4;

/** Four cells on the side of the smallest face: two of them at least are covered wholly, wherever it lies. */
const cellsPerFace = 4;

/** Where a pixel's brightness is: `step` bytes from one to the next; in colours red, green and blue. */
interface Layout {
  step: number;
  colours?: readonly [red: number, green: number, blue: number];
}

const layouts: Readonly<Record<PixelFormat, Layout>> = {
  gray: { step: 1 },
  nv12: { step: 1 },
  i420: { step: 1 },
  yuyv: { step: 2 },
  rgb: { step: 3, colours: [0, 1, 2] },
  rgba: { step: 4, colours: [0, 1, 2] },
  bgr: { step: 3, colours: [2, 1, 0] },
  bgra: { step: 4, colours: [2, 1, 0] },
};

/** Of BT.601, in 1/32768, which they add up to: those of `toGray`, so that grey in colours is the same grey. */
const [redWeight, greenWeight, blueWeight] = [9798, 19235, 3735];

/** How many bytes a pixel of a format takes in its first plane; undefined for a format that there is not. */
export const bytesIn = (format: PixelFormat): number | undefined => layouts[format]?.step;

/** Cells for frames of this size in which faces are at least `minSize` pixels wide. */
export function cellsFor({ width, height }: Size, minSize: number): Cells {
  // of a preview each pixel is a mean already
  const wanted = Math.max(1, Math.round(minSize / cellsPerFace));
  const across = Math.min(most, wanted);
  const side = across * Math.round(wanted / across);
  const [columns, rows] = [Math.floor(width / side), Math.floor(height / side)];
  return { light: new Float32Array(columns * rows), side, across, columns, rows };
}

/** Looks at up to 16 pixels of each cell, straight in the frame's buffer. */
export function readCells({ data, width, format }: Image, cells: Cells): void {
  const { light, side, across, columns, rows } = cells;
  const { step, colours } = layouts[format];
  const apart = side / across;
  const next = apart * step;
  const sum =
    across === most ? four : (bytes: Image['data'], at: number, by: number) => few(bytes, at, by, across);
  // in the middle of what each sample stands for
  const first = apart >> 1;
  light.fill(0);
  for (let row = 0, to = 0; row < rows; row++, to += columns)
    for (let line = 0; line < across; line++) {
      let at = ((row * side + line * apart + first) * width + first) * step;
      if (colours) {
        const [red, green, blue] = [at + colours[0], at + colours[1], at + colours[2]];
        for (let column = 0, on = 0; column < columns; column++, on += across * next) {
          const r = sum(data, red + on, next);
          const g = sum(data, green + on, next);
          const b = sum(data, blue + on, next);
          light[to + column] = (light[to + column] ?? 0) + redWeight * r + greenWeight * g + blueWeight * b;
        }
      } else
        for (let column = 0; column < columns; column++, at += across * next)
          light[to + column] = (light[to + column] ?? 0) + sum(data, at, next);
    }
  const unit = across * across * (colours ? redWeight + greenWeight + blueWeight : 1);
  for (let cell = 0; cell < light.length; cell++) light[cell] = (light[cell] ?? 0) / unit;
}

function few(data: Image['data'], at: number, next: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += data[at + i * next] ?? 0;
  return sum;
}

function four(data: Image['data'], at: number, next: number): number {
  return (data[at] ?? 0) + (data[at + next] ?? 0) + (data[at + 2 * next] ?? 0) + (data[at + 3 * next] ?? 0);
}
