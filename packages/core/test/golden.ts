import { readFile } from 'node:fs/promises';
import type { Face } from '../dist/face.js';
import type { DetectOptions } from '../dist/option.js';
import type { PhotoName } from './photo.js';

export interface GoldenCase {
  image: PhotoName;
  crop?: [number, number, number, number];
  cascade: string;
  options: DetectOptions;
  /** x, y, width, height, neighbors */
  faces: [number, number, number, number, number][];
}

export interface Golden {
  opencv: string;
  /** SHA-256 of the grey pixels: of each photograph, and of all 2²⁴ colours in order */
  gray: Record<PhotoName | 'every rgb', string>;
  cases: GoldenCase[];
}

/** What native OpenCV answered: written by packages/core/golden/opencv.py. */
export async function readGolden(): Promise<Golden> {
  const text = await readFile(new URL('../golden/opencv.jsonl', import.meta.url), 'utf8');
  const [header, ...cases] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { ...header, cases };
}

export function tuple({ x, y, width, height, neighbors }: Face): number[] {
  return [x, y, width, height, neighbors];
}
