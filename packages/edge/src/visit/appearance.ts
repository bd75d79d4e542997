import { expectMembers } from '@facepipe/service';
import type { Pixels } from '@facepipe/wire';
import { lumaAt } from './luma.js';

/** What a face and what is below it look like: the roots of two histograms, of colour and brightness. */
export type Appearance = readonly number[];

const levels = { luma: 4, chroma: 6 };
const bins = levels.luma * levels.chroma ** 2;
/** Pixels looked at along a side, at most: more change nothing. */
const samples = 32;

/** Colours of things lie near grey: the bins are where they are. */
const chromaReach = 48;

function binOf(luma: number, cb: number, cr: number): number {
  const chroma = (value: number) =>
    Math.min(
      levels.chroma - 1,
      Math.max(0, Math.floor(((value + chromaReach) / (2 * chromaReach)) * levels.chroma)),
    );
  const light = Math.min(levels.luma - 1, Math.floor((luma / 256) * levels.luma));
  return (light * levels.chroma + chroma(cb)) * levels.chroma + chroma(cr);
}

/**
 * The appearance of a cut-out face, to be compared by `likeness`.
 * @param crop grey (1 channel), RGB (3) or RGBA (4)
 * @throws FACEPIPE_E_ARGUMENT
 */
export function appearanceOf(crop: Pixels): Appearance {
  expectMembers('crop', crop, { data: 'bytes', width: 'number', height: 'number', channels: 'number' });
  const { data, width, height, channels } = crop;
  const counts = new Array<number>(bins).fill(0);
  const step = (side: number) => Math.max(1, Math.floor(side / samples));
  let total = 0;
  for (let y = 0; y < height; y += step(height))
    for (let x = 0; x < width; x += step(width)) {
      const at = (y * width + x) * channels;
      const r = data[at] ?? 0;
      const g = channels === 1 ? r : (data[at + 1] ?? 0);
      const b = channels === 1 ? r : (data[at + 2] ?? 0);
      const luma = lumaAt(r, g, b);
      const bin = binOf(luma, 0.564 * (b - luma), 0.713 * (r - luma));
      counts[bin] = (counts[bin] ?? 0) + 1;
      total++;
    }
  return counts.map((count) => Math.sqrt(count / Math.max(1, total)));
}

/** Bhattacharyya coefficient of two appearances: 1 is the same, 0 has nothing in common. */
export function likeness(a: Appearance, b: Appearance): number {
  let sum = 0;
  for (const [i, value] of a.entries()) sum += value * (b[i] ?? 0);
  return Math.min(1, sum);
}
