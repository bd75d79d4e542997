import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createVerifier } from '@facepipe/core';
import { widths } from './fleet-faces.js';
import { type FormatScore, scoresOf, type Variant } from './format-score.js';
import { machine } from './machine.js';
import { median } from './median.js';
import { type CutFace, cutFace, facesIn, photoFaces } from './photo-faces.js';
import { table } from './table.js';

// node dist/format.js [FOLDER…]: bytes of a face by format and quality, and what is left of it, on the repository's
// photographs, or on every face that is found in the pictures of the folders.

const variants: Variant[] = [
  { format: 'png', quality: 90 },
  ...[95, 90, 85, 80, 75, 60, 40].map((quality): Variant => ({ format: 'jpeg', quality })),
  ...[95, 90, 85, 80, 75, 60, 40].map((quality): Variant => ({ format: 'webp', quality })),
];

async function cutsOf(folders: readonly string[]): Promise<CutFace[]> {
  if (folders.length === 0) return photoFaces(widths);
  const cuts: CutFace[] = [];
  for (const folder of folders)
    for (const name of readdirSync(folder)
      .filter((file) => /\.(png|jpe?g|webp)$/i.test(file))
      .sort()) {
      const file = join(folder, name);
      for (const face of await facesIn(file)) cuts.push(await cutFace(file, face));
    }
  return cuts;
}

/** What a tenth of the values are beyond, at the worse end. */
const tenth = (values: readonly number[], most: boolean): number => {
  const sorted = [...values].sort((a, b) => (most ? b - a : a - b));
  return sorted[Math.floor(sorted.length / 10)] ?? Number.NaN;
};

function rowOf({ format, quality }: Variant, scores: readonly FormatScore[], png: number): string[] {
  const of = (name: keyof FormatScore) => scores.map((score) => score[name]);
  const mean = of('bytes').reduce((sum, bytes) => sum + bytes, 0) / scores.length;
  const confirmed = of('verify').filter((score) => score >= 0.5).length;
  const shown = (value: number, digits: number) => (Number.isFinite(value) ? value.toFixed(digits) : 'exact');
  return [
    format === 'png' ? 'png' : `${format} ${quality}`,
    (mean / 1000).toFixed(1),
    (median(of('bytes')) / 1000).toFixed(1),
    `${((mean / png) * 100).toFixed(0)} %`,
    `${confirmed} of ${scores.length}`,
    `${(median(of('shift')) * 100).toFixed(1)} · ${(tenth(of('shift'), true) * 100).toFixed(1)} %`,
    `${shown(median(of('psnr')), 1)} · ${shown(tenth(of('psnr'), false), 1)}`,
    `${median(of('ssim')).toFixed(3)} · ${tenth(of('ssim'), false).toFixed(3)}`,
    `${(median(of('encode')) * 1e3).toFixed(1)} ms`,
  ];
}

const folders = process.argv.slice(2);
const cuts = await cutsOf(folders);
const verifier = await createVerifier();
const scored: FormatScore[][] = [];
const sides: number[] = [];
for (const cut of cuts) {
  const scores = await scoresOf(cut, variants, verifier);
  if (!scores) continue;
  scored.push(scores);
  sides.push(cut.box.width);
}
await verifier.close();
const of = (n: number) => scored.map((scores) => scores[n]).filter((score) => score !== undefined);
const png = of(0).reduce((sum, { bytes }) => sum + bytes, 0) / scored.length;
console.log(machine());
console.log(
  `\n${scored.length} faces, ${Math.min(...sides)} to ${Math.max(...sides)} pixels wide, ${median(sides)} in the middle; the middle, and what a tenth are worse than`,
);
const head = [
  '',
  'kB, mean',
  'middle',
  'of png',
  'confirmed',
  'landmarks moved',
  'PSNR at 112',
  'SSIM at 112',
  'encode',
];
console.log(
  table(
    head,
    variants.map((variant, n) => rowOf(variant, of(n), png)),
  ),
);
